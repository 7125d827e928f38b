"""What is wrong with this machine, or with a port, in words, and what to do about it.

    finding.py    what a check says
    machine.py    Python, loopback, TCP ports, limits, places
    software.py   toolchains and libraries, with their versions
    port.py       a manifest: what it names, whether it builds, starts and stops
    wire.py       what a started port says on its TCP port, before anything of Sabir is spoken
"""
