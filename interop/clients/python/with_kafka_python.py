# kafka-python as a client program, the version of today and one of 2019. It commits after every batch.

import kafka
from kafka import KafkaConsumer, KafkaProducer
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import KafkaError

from program import Loop, listen, number, records, run, say, settings

topic = settings["topic"]
IS_OLD = kafka.__version__.startswith("1.")
# A poll that ends while version 3 rejoins for new metadata may be the end of its membership (docs/clients.md): long ones seldom do.
POLL_MS = 50 if IS_OLD else 1700
base = {"bootstrap_servers": settings["bootstrap"].split(","), "client_id": settings["client"]}


def produce():
    codec = None if settings.get("codec", "none") == "none" else settings["codec"]
    producer = KafkaProducer(**base, compression_type=codec)
    commands = listen()
    while True:
        _, first, count, partitions = commands.get()
        sent = [producer.send(topic, value, key, partition=partition) for key, value, partition in records(first, count, partitions)]
        producer.flush()
        for each in sent:
            each.get(10)
        say("produced", count=int(count))


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        if revoked:
            say("revoked", partitions=[each.partition for each in revoked])

    def on_partitions_assigned(self, assigned):
        say("assigned", partitions=[each.partition for each in assigned])


def consume():
    consumer = KafkaConsumer(**member_config())
    consumer.subscribe([topic], listener=Listener())
    loop = Loop(lambda: consumer.pause(*consumer.assignment()), lambda: consumer.resume(*consumer.assignment()))
    while loop.goes_on:
        loop.pass_by()
        took = {}
        for each, messages in consumer.poll(timeout_ms=POLL_MS).items():
            for message in messages:
                say("consumed", partition=each.partition, offset=message.offset, value=message.value.decode())
                took[each.partition] = message.offset + 1
        if not took:
            continue
        try:
            consumer.commit()
            say("committed", offsets=took)
        except KafkaError as error:
            say("note", message=f"commit: {error!r}")
    own = [each.partition for each in consumer.assignment()]
    if IS_OLD:
        say("revoked", partitions=own)  # close() calls no listener
    consumer.close()
    say("left")


def member_config():
    config = {
        **base,
        "group_id": settings["group"],
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": number("session"),
        "heartbeat_interval_ms": number("heartbeat"),
        "max_poll_interval_ms": number("poll", number("rebalance")),
        "metadata_max_age_ms": number("metadata"),
        "fetch_max_wait_ms": 100,
    }
    if "instance" in settings:
        config["group_instance_id"] = settings["instance"]
    return config


def admin():
    if IS_OLD:
        import old_kafka_python_admin as calls
    else:
        import kafka_python_admin as calls
    calls.answer_with(base)


run({"produce": produce, "consume": consume, "admin": admin})
