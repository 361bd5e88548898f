"""The application: handles every order, and commits it afterwards."""

import threading

from kafka import KafkaConsumer
from kafka.errors import CommitFailedError, KafkaError


class OrdersApp:
    def __init__(self, brokers, handle, client_id="app"):
        self.handle = handle
        self.stopping = threading.Event()
        self.consumer = KafkaConsumer(
            "orders",
            bootstrap_servers=brokers,
            client_id=client_id,
            group_id="orders-app",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=100,
            retry_backoff_ms=20,
        )
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopping.is_set():
            polled = self.consumer.poll(timeout_ms=50)
            for records in polled.values():
                for record in records:
                    self.handle(record.value.decode())
            if polled:
                self.commit()
        self.consumer.close()

    def commit(self):
        try:
            self.consumer.commit()
        except (CommitFailedError, KafkaError):
            pass  # the partitions may be another's by now: whoever owns them handles these orders once more

    def stop(self):
        self.stopping.set()
        self.thread.join()
