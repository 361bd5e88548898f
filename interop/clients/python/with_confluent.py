# confluent-kafka, which is librdkafka, as a client program. It commits after every batch.

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry

from program import Loop, answer, listen, number, records, run, say, settings

topic = settings["topic"]
base = {"bootstrap.servers": settings["bootstrap"], "client.id": settings["client"]}
LIMIT_S = 10


def produce():
    codec = {"compression.type": settings["codec"]} if "codec" in settings else {}
    producer = Producer({**base, **codec, "linger.ms": 0, "enable.idempotence": "idempotent" in settings})
    commands = listen()
    while True:
        _, first, count, partitions = commands.get()
        failed = []
        for key, value, partition in records(first, count, partitions):
            producer.produce(topic, value, key, partition, on_delivery=lambda error, _: failed.append(error))
        producer.flush()
        if any(failed):
            raise KafkaException([error for error in failed if error][0])
        say("produced", count=int(count))


def consume():
    consumer = Consumer(member_config())
    own = lambda partitions: [each.partition for each in partitions]
    consumer.subscribe(
        [topic],
        on_assign=lambda _, partitions: say("assigned", partitions=own(partitions)),
        on_revoke=lambda _, partitions: say("revoked", partitions=own(partitions)),
        on_lost=lambda _, partitions: say("lost", partitions=own(partitions)),
    )
    loop = Loop(lambda: consumer.pause(consumer.assignment()), lambda: consumer.resume(consumer.assignment()))
    while loop.goes_on:
        loop.pass_by()
        took = {}
        for message in consumer.consume(100, 0.05):
            if message.error():
                say("note", message=str(message.error()))
                continue
            say("consumed", partition=message.partition(), offset=message.offset(), value=message.value().decode())
            took[message.partition()] = message.offset() + 1
        if took:
            commit(consumer, took)
    consumer.close()
    say("left")


def member_config():
    config = {
        **base,
        "group.id": settings["group"],
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "session.timeout.ms": number("session"),
        "heartbeat.interval.ms": number("heartbeat"),
        "max.poll.interval.ms": number("poll", number("rebalance")),
        "topic.metadata.refresh.interval.ms": number("metadata"),
        "fetch.wait.max.ms": 100,
    }
    if "assignor" in settings:
        config["partition.assignment.strategy"] = settings["assignor"]
    if "instance" in settings:
        config["group.instance.id"] = settings["instance"]
    return config


def commit(consumer, took):
    try:
        offsets = [TopicPartition(topic, partition, offset) for partition, offset in took.items()]
        consumer.commit(offsets=offsets, asynchronous=False)
        say("committed", offsets=took)
    except KafkaException as error:
        say("note", message=f"commit: {error}")


def admin():
    client = AdminClient(base)
    only = lambda futures: list(futures.values())[0].result(LIMIT_S)
    metadata = lambda: client.list_topics(timeout=LIMIT_S).topics

    def alter_config(name, key, value):
        entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
        only(client.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])]))

    def describe_group(name):
        found = only(client.describe_consumer_groups([name]))
        return {"state": found.state.name.capitalize(), "members": len(found.members)}

    def committed(group, name):
        found = only(client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]))
        return {each.partition: each.offset for each in sorted(found.topic_partitions) if each.topic == name}

    def alter_offset(group, name, partition, offset):
        wanted = [TopicPartition(name, int(partition), int(offset))]
        only(client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, wanted)]))

    def delete_records(name, partition, offset):
        only(client.delete_records([TopicPartition(name, int(partition), int(offset))]))

    def offset(name, partition, spec):
        return only(client.list_offsets({TopicPartition(name, int(partition)): spec})).offset

    answer({
        "nodes": lambda: len(client.describe_cluster().result(LIMIT_S).nodes),
        "endOffset": lambda name, partition: offset(name, partition, OffsetSpec.latest()),
        "startOffset": lambda name, partition: offset(name, partition, OffsetSpec.earliest()),
        "deleteRecords": delete_records,
        "createTopic": lambda name, count: only(client.create_topics([NewTopic(name, int(count))])),
        "listTopics": lambda: list(metadata()),
        "partitions": lambda name: len(metadata()[name].partitions),
        "growTopic": lambda name, count: only(client.create_partitions([NewPartitions(name, int(count))])),
        "deleteTopic": lambda name: only(client.delete_topics([name])),
        "alterConfig": alter_config,
        "config": lambda name, key: only(client.describe_configs([ConfigResource(ResourceType.TOPIC, name)]))[key].value,
        "listGroups": lambda: [each.group_id for each in client.list_consumer_groups().result(LIMIT_S).valid],
        "describeGroup": describe_group,
        "committed": committed,
        "alterOffset": alter_offset,
        "deleteGroup": lambda name: only(client.delete_consumer_groups([name])),
    })


run({"produce": produce, "consume": consume, "admin": admin})
