# aiokafka as a client program. It commits after every batch.

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from program import listen, mode, number, records, run, say, settings

topic = settings["topic"]
base = {"bootstrap_servers": settings["bootstrap"], "client_id": settings["client"]}


async def told(commands):
    """The next command; the event loop goes on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, commands.get)


async def produce():
    codec = None if settings.get("codec", "none") == "none" else settings["codec"]
    producer = AIOKafkaProducer(**base, compression_type=codec, enable_idempotence="idempotent" in settings)
    await producer.start()
    commands = listen()
    while True:
        _, first, count, partitions = await told(commands)
        sent = [await producer.send(topic, value, key, partition) for key, value, partition in records(first, count, partitions)]
        await asyncio.gather(*sent)
        say("produced", count=int(count))


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        if revoked:
            say("revoked", partitions=[each.partition for each in revoked])

    def on_partitions_assigned(self, assigned):
        say("assigned", partitions=[each.partition for each in assigned])


async def consume():
    more = {"group_instance_id": settings["instance"]} if "instance" in settings else {}
    consumer = AIOKafkaConsumer(
        **base,
        group_id=settings["group"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=number("session"),
        heartbeat_interval_ms=number("heartbeat"),
        rebalance_timeout_ms=number("rebalance"),
        max_poll_interval_ms=number("poll", number("rebalance")),
        metadata_max_age_ms=number("metadata"),
        fetch_max_wait_ms=100,
        **more,
    )
    consumer.subscribe([topic], listener=Listener())
    await consumer.start()
    commands = listen()
    while True:
        while not commands.empty():
            word = commands.get()[0]
            if word == "stop":
                return await leave(consumer)
            if word == "stall":
                while (await told(commands)) != ["go"]:
                    pass
            if word == "pause":
                consumer.pause(*consumer.assignment())
                say("paused")
            if word == "resume":
                consumer.resume(*consumer.assignment())
                say("resumed")
        await read(consumer)


async def read(consumer):
    batches = await consumer.getmany(timeout_ms=50)
    took = {}
    for each, messages in batches.items():
        for message in messages:
            say("consumed", partition=each.partition, offset=message.offset, value=message.value.decode())
            took[each] = message.offset + 1
    if not took:
        return
    try:
        await consumer.commit(took)
        say("committed", offsets={each.partition: offset for each, offset in took.items()})
    except KafkaError as error:
        say("note", message=f"commit: {error!r}")


async def leave(consumer):
    own = [each.partition for each in consumer.assignment()]
    say("revoked", partitions=own)  # stop() calls no listener
    await consumer.stop()
    say("left")


async def admin():
    client = AIOKafkaAdminClient(**base)
    await client.start()

    async def partitions(name):
        return len((await client.describe_topics([name]))[0]["partitions"])

    async def alter_config(name, key, value):
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {key: value})])

    async def config(name, key):
        responses = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, {key: None})])
        return responses[0].resources[0][4][0][1]

    async def describe_group(name):
        responses = await client.describe_consumer_groups([name])
        found = responses[0].groups[0]
        return {"state": found[2], "members": len(found[5])}

    async def committed(group, name):
        found = await client.list_consumer_group_offsets(group)
        mine = sorted((each.partition, of.offset) for each, of in found.items() if each.topic == name)
        return dict(mine)

    async def list_groups():
        return [group for group, _ in await client.list_consumer_groups()]

    async def delete_records(name, partition, before):
        await client.delete_records({TopicPartition(name, int(partition)): RecordsToDelete(int(before))})

    async def nodes():
        return len((await client.describe_cluster())["brokers"])

    await answer({
        "nodes": nodes,
        "deleteRecords": delete_records,
        "createTopic": lambda name, count: client.create_topics([NewTopic(name, int(count), 1)]),
        "listTopics": client.list_topics,
        "partitions": partitions,
        "growTopic": lambda name, count: client.create_partitions({name: NewPartitions(int(count))}),
        "deleteTopic": lambda name: client.delete_topics([name]),
        "alterConfig": alter_config,
        "config": config,
        "listGroups": list_groups,
        "describeGroup": describe_group,
        "committed": committed,
    })


DONE = ("createTopic", "growTopic", "deleteTopic", "alterConfig")


async def answer(calls):
    commands = listen()
    while True:
        call, *words = await told(commands)
        if call not in calls:
            say("unsupported", call=call)
            continue
        try:
            value = await calls[call](*words)
            say("result", call=call, value=None if call in DONE else value)
        except Exception as error:
            say("result", call=call, error=f"{type(error).__name__}: {error}")


modes = {"produce": produce, "consume": consume, "admin": admin}
run({mode: lambda: asyncio.run(modes[mode]())})
