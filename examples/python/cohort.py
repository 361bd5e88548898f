"""The test kit from Python, over HTTP: one process for the suite, in it a broker of its own for each test."""

import json
import re
import shutil
import subprocess
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class CohortError(AssertionError):
    """What was asked for did not happen, or cannot be; the message says what was seen instead."""


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urlopen(request) as response:
            return json.load(response)
    except HTTPError as error:
        with error:
            raise CohortError(json.load(error)["error"]["message"]) from None


class CohortProcess:
    def __init__(self):
        command = shutil.which("cohort", path="node_modules/.bin") or "cohort"
        arguments = ["--port", "0", "--test-kit", "--http", "0"]
        self.process = subprocess.Popen([command, *arguments], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            listens = re.match(r"HTTP on (\S+)", line)
            if listens:
                self.url = listens[1] + "/v1"
                return
        raise CohortError(f"'{command}' ended with code {self.process.wait()}: what it printed says why")

    def start_broker(self, **options):
        return Broker(self.url, ask("POST", f"{self.url}/brokers", options))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Broker:
    def __init__(self, url, started):
        self.brokers = started["brokers"]
        self.url = f"{url}/brokers/{started['id']}"

    def get(self, path, **query):
        return ask("GET", f"{self.url}{path}?{urlencode(query)}")

    def post(self, path, **body):
        return ask("POST", f"{self.url}{path}", body)

    def stop(self):
        """Raises CohortError for a fault that was never met, or a broken promise of the coordinator."""
        problems = ask("DELETE", self.url)["problems"]
        if problems:
            raise CohortError("\n".join(problems))
