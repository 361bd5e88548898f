# What every client program in Python shares: its arguments, what it says, what it is told.

import json
import queue
import sys
import threading
import time
import traceback

mode = sys.argv[1]
settings = dict(word.split("=", 1) for word in sys.argv[2:])


def number(name, otherwise=None):
    return int(settings[name]) if name in settings else otherwise


def say(event, **more):
    sys.stdout.write(json.dumps({"event": event, "at": int(time.time() * 1000), **more}) + "\n")
    sys.stdout.flush()


def listen():
    """The commands, as lists of words; a thread reads them."""
    commands = queue.Queue()

    def read():
        for line in sys.stdin:
            commands.put(line.split())

    threading.Thread(target=read, daemon=True).start()
    return commands


def records(first, count, partitions):
    """Key, value and partition of each."""
    for n in range(int(first), int(first) + int(count)):
        yield b"k-%d" % n, b"v-%d" % n, n % int(partitions)


class Loop:
    """A poll loop: what is told between two polls. `pause` and `resume` do it for all partitions."""

    def __init__(self, pause, resume):
        self.commands = listen()
        self.pause, self.resume = pause, resume
        self.goes_on = True

    def pass_by(self):
        while not self.commands.empty():
            self.obey(self.commands.get())

    def obey(self, words):
        if words[0] == "stop":
            self.goes_on = False
        elif words[0] == "stall":
            while self.commands.get() != ["go"]:
                pass
        elif words[0] == "pause":
            self.pause()
            say("paused")
        elif words[0] == "resume":
            self.resume()
            say("resumed")


def answer(calls):
    """Calls of an administrator: each answers with its value, or why it failed."""
    commands = listen()
    while True:
        call, *words = commands.get()
        if call not in calls:
            say("unsupported", call=call)
            continue
        try:
            say("result", call=call, value=calls[call](*words))
        except Exception as error:
            say("result", call=call, error=f"{type(error).__name__}: {error}")


def run(modes):
    try:
        modes[mode]()
    except Exception:
        say("error", message=traceback.format_exc())
        sys.exit(1)
