"""A node that does as it is told, to see what its runner makes of it. Its arguments are words, obeyed in order:

ready            the READY line, with the endpoint of SABIR_BIND
plain-ready      the word READY alone
notify           sd_notify's READY=1
elsewhere        READY at an endpoint that nobody was told
broken-ready     READY with something that is not JSON
say:TEXT         TEXT and a line end on standard output (escapes of Python are understood)
err:TEXT         the same on standard error
env:NAME         NAME=VALUE of its environment
dir              its working directory
peers            the peers file, on one line
deaf             ignore SIGTERM
count:FILE       append a line to FILE
once:FILE        go on if FILE was not there (and make it), else skip the next word
child            start a process of the same group that never ends, and say its pid
escape           start one in a session of its own whose parent ends at once, and say its pid
flood:N          N bytes of lines on standard output, then the line "flooded" on standard error
long:N           one line of N bytes
exit:CODE        end
signal:NUMBER    end by a signal
hang             wait for ever, whatever happens to standard input
serve            wait for the end of standard input or SIGTERM, then end with 0
"""
import os
import signal
import socket
import subprocess
import sys

FOREVER = [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()"]


def say(text, to=sys.stdout):
    to.buffer.write(text.encode("utf-8", "surrogateescape") + b"\n")
    to.buffer.flush()


def unescaped(text):
    return text.encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")


def notify(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])


def escape():
    """A grandchild in its own session, whose parent has ended: nobody's child but the guard's."""
    start = ("import os, subprocess, sys; child = subprocess.Popen(sys.argv[1:], start_new_session=True); "
             "print(child.pid, flush=True)")
    between = subprocess.Popen([sys.executable, "-c", start, *FOREVER], stdout=subprocess.PIPE, text=True)
    pid = between.stdout.readline().strip()
    between.wait()
    return pid


def end(_number, _frame):
    os._exit(0)


def obey(word, words):
    name, _, value = word.partition(":")
    if name == "ready":
        say('READY {"endpoint": "%s", "bound": "%s", "port": "fake"}' % (2 * (os.environ["SABIR_BIND"],)))
    elif name == "plain-ready":
        say("READY")
    elif name == "notify":
        notify("STATUS=coming\nREADY=1")
    elif name == "elsewhere":
        say('READY {"endpoint": "tcp://127.0.0.1:1"}')
    elif name == "broken-ready":
        say("READY now")
    elif name in ("say", "err"):
        say(unescaped(value), sys.stdout if name == "say" else sys.stderr)
    elif name == "env":
        say(f"{value}={os.environ.get(value)}")
    elif name == "dir":
        say(os.getcwd())
    elif name == "peers":
        with open(os.environ["SABIR_PEERS"]) as peers:
            say("peers " + " ".join(peers.read().split()))
    elif name == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif name == "count":
        with open(value, "a") as file:
            file.write("started\n")
    elif name == "once":
        if os.path.exists(value):
            next(words)
        else:
            open(value, "w").close()
    elif name == "child":
        say(f"child {subprocess.Popen(FOREVER).pid}")
    elif name == "escape":
        say(f"escaped {escape()}")
    elif name == "flood":
        for i in range(int(value) // 64):
            say(f"{i:063d}")
        say("flooded", sys.stderr)
    elif name == "long":
        say("x" * int(value))
    elif name == "exit":
        os._exit(int(value))
    elif name == "signal":
        os.kill(os.getpid(), int(value))
    elif name == "hang":
        while True:
            signal.pause()
    elif name == "serve":
        signal.signal(signal.SIGTERM, end)
        sys.stdin.buffer.read()
        os._exit(0)
    else:
        sys.exit(f"fake_node.py: no word {word!r}")


def main():
    words = iter(sys.argv[1:])
    for word in words:
        obey(word, words)


main()
