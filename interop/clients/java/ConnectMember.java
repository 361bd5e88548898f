// A group of protocol type 'connect': workers that share tasks 0 to 5, by Kafka's own AbstractCoordinator, as Kafka Connect
// has it. There are no topics: its "partitions" are the numbers of tasks.

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;

final class ConnectMember extends AbstractCoordinator {
    private static final int TASKS = 6;
    private List<Integer> own = List.of();

    private ConnectMember(GroupRebalanceConfig config, ConsumerNetworkClient client) {
        super(config, new LogContext(), client, new Metrics(), "connect", Time.SYSTEM);
    }

    @Override protected String protocolType() {
        return "connect";
    }

    @Override protected JoinGroupRequestProtocolCollection metadata() {
        JoinGroupRequestProtocolCollection all = new JoinGroupRequestProtocolCollection();
        all.add(new JoinGroupRequestProtocol().setName("default").setMetadata("worker".getBytes()));
        return all;
    }

    @Override protected boolean onJoinPrepare(Timer timer, int generation, String memberId) {
        if (!own.isEmpty()) Program.say("revoked", "partitions", own);
        own = List.of();
        return true;
    }

    @Override protected Map<String, ByteBuffer> onLeaderElected(
        String leader, String protocol, List<JoinGroupResponseMember> members, boolean skip
    ) {
        Map<String, ByteBuffer> all = new HashMap<>();
        for (int i = 0; i < members.size(); i++) {
            ByteBuffer tasks = ByteBuffer.allocate(TASKS);
            for (int task = i; task < TASKS; task += members.size()) tasks.put((byte) task);
            all.put(members.get(i).memberId(), tasks.flip());
        }
        return all;
    }

    @Override protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer tasks) {
        own = new ArrayList<>();
        while (tasks.hasRemaining()) own.add((int) tasks.get());
        Program.say("assigned", "partitions", own);
    }

    private void stay() {
        ensureActiveGroup();
        client.poll(Time.SYSTEM.timer(50));
        pollHeartbeat(Time.SYSTEM.milliseconds());
    }

    static void run() throws InterruptedException {
        Map<String, Object> settings = new HashMap<>();
        Clients.base().forEach((key, value) -> settings.put((String) key, value));
        for (String each : List.of("key", "value"))
            settings.put(each + ".deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("group.protocol", "classic");
        ConsumerConfig config = new ConsumerConfig(settings);
        Metadata metadata = new Metadata(100, 1000, Program.number("metadata"), new LogContext(), new ClusterResourceListeners());
        ClientUtils.maybeBootstrapMetadataSynchronously(
            config, config.getList(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG), metadata);
        var network = ClientUtils.createNetworkClient(config,
            config.getList(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG), new Metrics(), "connect", new LogContext(),
            new ApiVersions(), Time.SYSTEM, 100, metadata, null, null);
        ConsumerNetworkClient client =
            new ConsumerNetworkClient(new LogContext(), network, metadata, Time.SYSTEM, 100, 30_000, 200);
        GroupRebalanceConfig group = new GroupRebalanceConfig(Program.number("session"), Program.number("poll", "rebalance"),
            Program.number("heartbeat"), Program.setting("group"), Optional.empty(), null, 100, 1000);
        ConnectMember member = new ConnectMember(group, client);
        while (true) {
            String[] words = Program.commands.poll();
            if (words != null && words[0].equals("stop")) break;
            if (words != null && words[0].equals("stall")) while (!Program.commands.take()[0].equals("go")) continue;
            member.stay();
        }
        if (!member.own.isEmpty()) Program.say("revoked", "partitions", member.own);
        member.close();
        Program.say("left");
        System.exit(0);
    }
}
