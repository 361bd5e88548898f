// What the client programs in Java share: their arguments, what they say, what they are told.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

final class Program {
    static final Map<String, String> settings = new HashMap<>();
    static final BlockingQueue<String[]> commands = new LinkedBlockingQueue<>();

    interface Call {
        Object run(String[] words) throws Exception;
    }

    static void begin(String[] words) {
        for (String word : words) {
            int at = word.indexOf('=');
            settings.put(word.substring(0, at), word.substring(at + 1));
        }
        Thread reader = new Thread(Program::read);
        reader.setDaemon(true);
        reader.start();
    }

    private static void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) commands.add(line.split(" "));
        } catch (java.io.IOException error) {
            fail(error);
        }
    }

    static String setting(String... names) {
        for (String name : names) if (settings.containsKey(name)) return settings.get(name);
        throw new IllegalArgumentException("no setting " + String.join(", ", names));
    }

    static int number(String... names) {
        return Integer.parseInt(setting(names));
    }

    /** Pairs of names and values. */
    static synchronized void say(String event, Object... more) {
        StringBuilder line = new StringBuilder("{\"event\":").append(json(event));
        line.append(",\"at\":").append(System.currentTimeMillis());
        for (int i = 0; i < more.length; i += 2)
            line.append(',').append(json(more[i])).append(':').append(json(more[i + 1]));
        System.out.println(line.append('}'));
        System.out.flush();
    }

    static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) return String.valueOf(value);
        if (value instanceof Collection<?> all) return all.stream().map(Program::json).collect(Collectors.joining(",", "[", "]"));
        if (value instanceof Map<?, ?> all)
            return all.entrySet().stream()
                .map(each -> json(String.valueOf(each.getKey())) + ":" + json(each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        StringBuilder text = new StringBuilder("\"");
        for (char each : value.toString().toCharArray())
            if (each == '"' || each == '\\') text.append('\\').append(each);
            else if (each < ' ') text.append(String.format("\\u%04x", (int) each));
            else text.append(each);
        return text.append('"').toString();
    }

    /** Calls of an administrator: each answers with its value, or why it failed. */
    static void answer(Map<String, Call> calls) throws InterruptedException {
        while (true) {
            String[] words = commands.take();
            Call call = calls.get(words[0]);
            if (call == null) {
                say("unsupported", "call", words[0]);
                continue;
            }
            try {
                Object value = call.run(java.util.Arrays.copyOfRange(words, 1, words.length));
                say("result", "call", words[0], "value", value);
            } catch (Exception error) {
                say("result", "call", words[0], "error", String.valueOf(error));
            }
        }
    }

    static void fail(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        say("error", "message", text);
        Runtime.getRuntime().halt(1);
    }
}
