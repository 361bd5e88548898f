// Kafka's own command line tools as a client program: each call runs a tool as its script does, and reads what it prints.

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Exit;

final class Tools {
    private interface Tool {
        void run(String... words) throws Exception;
    }

    private static int exitCode = 0;

    private static final PrintStream OUT = System.out;

    /** What it printed. Throws when its exit code is not 0. */
    private static synchronized String run(Tool tool, String... words) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(bytes, true);
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--bootstrap-server";
        all[words.length + 1] = Program.setting("bootstrap");
        PrintStream err = System.err;
        System.setOut(printed);
        System.setErr(printed);
        exitCode = 0;
        try {
            tool.run(all);
        } finally {
            System.setOut(OUT);
            System.setErr(err);
        }
        if (exitCode != 0 || bytes.toString().startsWith("Error")) throw new IllegalStateException(exitCode + ": " + bytes);
        return bytes.toString();
    }

    private static String topics(String... words) throws Exception {
        return run(org.apache.kafka.tools.TopicCommand::main, words);
    }

    private static String groups(String... words) throws Exception {
        return run(org.apache.kafka.tools.consumer.group.ConsumerGroupCommand::main, words);
    }

    private static String configs(String... words) throws Exception {
        return run(kafka.admin.ConfigCommand::main, words);
    }

    /** The first group of the pattern. */
    private static String find(String pattern, String text) {
        Matcher found = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
        if (!found.find()) throw new IllegalStateException("no " + pattern + " in " + text);
        return found.group(1);
    }

    private static Map<String, Object> describe(String group) throws Exception {
        String text = groups("--describe", "--group", group, "--state");
        Matcher found = Pattern.compile("(Stable|Empty|Dead|PreparingRebalance|CompletingRebalance)\\s+(\\d+)").matcher(text);
        if (!found.find()) throw new IllegalStateException(text);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("state", found.group(1));
        all.put("members", Integer.parseInt(found.group(2)));
        return all;
    }

    private static Map<Integer, Long> committed(String group, String topic) throws Exception {
        Map<Integer, Long> all = new TreeMap<>();
        for (String line : groups("--describe", "--group", group, "--offsets").split("\n")) {
            List<String> words = Arrays.asList(line.trim().split("\\s+"));
            int at = words.indexOf(topic);
            if (at >= 0 && !words.get(at + 2).equals("-"))
                all.put(Integer.parseInt(words.get(at + 1)), Long.parseLong(words.get(at + 2)));
        }
        return all;
    }

    private static long offset(String[] words, String time) throws Exception {
        String name = words[0] + ":" + words[1];
        String text = run(org.apache.kafka.tools.GetOffsetShell::main, "--topic-partitions", name, "--time", time);
        return Long.parseLong(find(Pattern.quote(name) + ":(\\d+)", text));
    }

    private static Object deleteRecords(String topic, String partition, String offset) throws Exception {
        Path file = Files.createTempFile("records", ".json");
        try {
            Files.writeString(file, String.format(
                "{\"partitions\":[{\"topic\":\"%s\",\"partition\":%s,\"offset\":%s}],\"version\":1}", topic, partition, offset));
            return nothing(run(org.apache.kafka.tools.DeleteRecordsCommand::main, "--offset-json-file", file.toString()));
        } finally {
            Files.delete(file);
        }
    }

    private static Object nothing(String printed) {
        return null;
    }

    public static void main(String[] args) throws InterruptedException {
        Program.begin(Arrays.copyOfRange(args, 1, args.length));
        Exit.setExitProcedure((code, message) -> {
            if (exitCode == 0) exitCode = code; // tools go on for a line or two: nothing ends here
        });
        Map<String, Program.Call> calls = new HashMap<>();
        calls.put("createTopic", w -> nothing(topics("--create", "--topic", w[0], "--partitions", w[1])));
        calls.put("listTopics", w -> Arrays.asList(topics("--list").trim().split("\n")));
        calls.put("partitions", w -> Integer.parseInt(find("PartitionCount: (\\d+)", topics("--describe", "--topic", w[0]))));
        calls.put("growTopic", w -> nothing(topics("--alter", "--topic", w[0], "--partitions", w[1])));
        calls.put("deleteTopic", w -> nothing(topics("--delete", "--topic", w[0])));
        calls.put("alterConfig", w -> nothing(
            configs("--alter", "--entity-type", "topics", "--entity-name", w[0], "--add-config", w[1] + "=" + w[2])));
        calls.put("config", w -> find(Pattern.quote(w[1]) + "=(\\S+)",
            configs("--describe", "--all", "--entity-type", "topics", "--entity-name", w[0])));
        calls.put("listGroups", w -> Arrays.asList(groups("--list").trim().split("\n")));
        calls.put("describeGroup", w -> describe(w[0]));
        calls.put("committed", w -> committed(w[0], w[1]));
        calls.put("alterOffset", w -> nothing(groups("--reset-offsets", "--execute", "--group", w[0],
            "--topic", w[1] + ":" + w[2], "--to-offset", w[3])));
        calls.put("deleteOffset", w -> nothing(groups("--delete-offsets", "--group", w[0], "--topic", w[1] + ":" + w[2])));
        calls.put("deleteGroup", w -> nothing(groups("--delete", "--group", w[0])));
        calls.put("endOffset", w -> offset(w, "-1"));
        calls.put("startOffset", w -> offset(w, "-2"));
        calls.put("deleteRecords", w -> deleteRecords(w[0], w[1], w[2]));
        Program.answer(calls);
    }
}
