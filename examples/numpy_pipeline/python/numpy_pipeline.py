"""A pipeline of NumPy arrays: by reference inside the process, as bytes between nodes."""

import numpy
import sabir

BLOCKS, SAMPLES = 3, 8


@sabir.message
class Block:
    number: int
    address: int  # of the samples in memory, as their maker knows it
    samples: sabir.Array


@sabir.message
class Table:
    rows: sabir.Array


@sabir.message
class Measured:
    text: str


class Source(sabir.Actor):
    """Makes the blocks."""

    def __init__(self, to: sabir.ActorRef) -> None:
        self.to = to

    def on_start(self) -> None:
        for number in range(BLOCKS):
            first = number * SAMPLES
            samples = numpy.arange(first, first + SAMPLES, dtype="float64")
            self.to.send(Block(number, samples.ctypes.data, samples), self)


class Smoother(sabir.Actor):
    """Changes each block in place: whoever gets a message owns it."""

    def __init__(self, to: sabir.ActorRef) -> None:
        self.to = to

    def on_block(self, env: sabir.Envelope[Block]) -> None:
        samples = env.msg.samples
        samples[1:-1] = (samples[:-2] + samples[1:-1] + samples[2:]) / 3
        self.to.send(env.msg, self)


class Meter(sabir.Actor):
    """Prints a line for each block and sends all of them together to the other node."""

    def __init__(self, archive: sabir.ActorRef) -> None:
        self.archive = archive
        self.blocks: list[sabir.Array] = []

    def on_block(self, env: sabir.Envelope[Block]) -> None:
        samples = env.msg.samples
        same = samples.ctypes.data == env.msg.address
        print(f"block {env.msg.number}: {len(samples)} samples, the same memory: {same}, mean {samples.mean()}")
        self.blocks.append(samples)
        if len(self.blocks) == BLOCKS:
            self.archive.send(Table(numpy.stack(self.blocks)), self)

    def on_measured(self, env: sabir.Envelope[Measured]) -> None:
        print(f"over TCP: {env.msg.text}")
        self.manager.terminate()


class Archive(sabir.Actor):
    """Lives in the other node and says what it got."""

    def on_table(self, env: sabir.Envelope[Table]) -> Measured:
        rows = env.msg.rows
        return Measured(f"{rows.dtype} {rows.shape}, sum {rows.sum()}")


def main() -> None:
    node = sabir.NodeConfig(bind="tcp://127.0.0.1:*")
    with sabir.Manager(node) as far, sabir.Manager(node) as near:
        far.manage("archive", Archive())
        far.start()
        assert far.endpoint is not None  # it is bound
        meter = near.manage("meter", Meter(near.remote("archive", far.endpoint)))
        smoother = near.manage("smoother", Smoother(meter))
        near.manage("source", Source(smoother))
        near.start()
        near.run()


if __name__ == "__main__":
    main()
