# What kafka-python 1.4 has for administrators.

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

from program import answer


def answer_with(base):
    client = KafkaAdminClient(**base)
    topics = KafkaConsumer(**base)

    def alter_config(name, key, value):
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {key: value})])

    def config(name, key):
        wanted = [ConfigResource(ConfigResourceType.TOPIC, name, {key: None})]
        return client.describe_configs(wanted).resources[0][4][0][1]

    def describe_group(name):
        found = client.describe_consumer_groups([name])[0]
        return {"state": found[2], "members": len(found[5])}

    def committed(group, name):
        found = client.list_consumer_group_offsets(group)
        return dict(sorted((each.partition, of.offset) for each, of in found.items() if each.topic == name))

    def partitions(name):
        topics.topics()  # asks anew
        return len(topics.partitions_for_topic(name))

    def nothing(_):
        return None

    answer({
        "createTopic": lambda name, count: nothing(client.create_topics([NewTopic(name, int(count), 1)])),
        "listTopics": lambda: list(topics.topics()),
        "partitions": partitions,
        "growTopic": lambda name, count: nothing(client.create_partitions({name: NewPartitions(int(count))})),
        "deleteTopic": lambda name: nothing(client.delete_topics([name])),
        "alterConfig": alter_config,
        "config": config,
        "listGroups": lambda: [group for group, _ in client.list_consumer_groups()],
        "describeGroup": describe_group,
        "committed": committed,
    })
