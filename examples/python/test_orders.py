import unittest

from cohort import CohortError, CohortProcess
from orders import OrdersApp

GROUP = "/groups/orders-app"


class OrdersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = CohortProcess()
        cls.addClassCleanup(cls.process.stop)

    def start(self, **options):
        self.cohort = self.process.start_broker(topics={"orders": 2}, timeout="30s", **options)  # of waits: kafka-python takes its time
        self.addCleanup(self.cohort.stop)
        self.handled = []
        app = OrdersApp(self.cohort.brokers, self.handled.append)
        self.addCleanup(app.stop)
        return self.cohort.post(f"{GROUP}/wait", until="assigned", topic="orders", partition=1)

    def produce(self, *values):
        self.cohort.post("/topics/orders/records", messages=[{"value": value} for value in values])

    def test_handles_and_commits(self):
        self.start()
        self.produce("a", "b", "c")
        self.cohort.post(f"{GROUP}/wait", until="caughtUp")
        self.assertEqual(sorted(self.handled), ["a", "b", "c"])
        self.assertEqual([each["lag"] for each in self.cohort.get(f"{GROUP}/lag")], [0, 0])

    def test_handles_again_what_it_could_not_commit(self):
        group = self.start()
        self.cohort.post("/faults", api="OffsetCommit", error="ILLEGAL_GENERATION", times=1)
        self.produce("a")
        self.cohort.post(f"{GROUP}/wait", until="generation", generation=group["generation"] + 1)
        self.cohort.post(f"{GROUP}/wait", until="caughtUp")
        self.assertEqual(self.handled, ["a", "a"])

    def test_comes_back_after_its_session_ran_out(self):
        group = self.start(clock="virtual")
        self.cohort.post("/clock/advance", duration="46s", silent=["app"])
        self.cohort.post(f"{GROUP}/wait", until="generation", generation=group["generation"] + 1)
        self.produce("a")
        self.cohort.post(f"{GROUP}/wait", until="caughtUp")
        removed = [event for event in self.cohort.get("/events", group="orders-app") if event["type"] == "member-removed"]
        self.assertIn("on heartbeat expiration", removed[0]["cause"])

    def test_a_wait_says_what_was_seen_instead(self):
        self.start()
        with self.assertRaisesRegex(CohortError, "Stable with 2 members: not within 50 ms; instead"):
            self.cohort.post(f"{GROUP}/wait", until="stable", members=2, timeout="50ms")


if __name__ == "__main__":
    unittest.main()
