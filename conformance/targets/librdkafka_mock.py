# librdkafka's mock cluster, through the confluent-kafka package: prints host:port and stays until its standard input ends.

import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "log_level": 0})
brokers = producer.list_topics(timeout=10).brokers
broker = next(iter(brokers.values()))
print(f"{broker.host}:{broker.port}", flush=True)
sys.stdin.read()
