"""The stages of the pipeline one by one, a probe behind each."""

from __future__ import annotations

import numpy
from numpy_pipeline import SAMPLES, Archive, Block, Measured, Smoother, Source, Table
from sabir.kit import Kit


def test_a_source_makes_its_blocks_one_after_the_other() -> None:
    with Kit() as kit:
        out = kit.probe("out")
        kit.manage("source", Source(out.ref))
        kit.start()
        for number in range(3):
            block = out.expect(Block).msg
            assert block.number == number
            numpy.testing.assert_array_equal(block.samples, numpy.arange(number * SAMPLES, (number + 1) * SAMPLES))
        out.expect_none()


def test_a_smoother_takes_the_mean_of_three() -> None:
    with Kit() as kit:
        out = kit.probe("out")
        smoother = kit.manage("smoother", Smoother(out.ref))
        kit.start()
        smoother.send(Block(0, 0, numpy.array([0.0, 3.0, 0.0, 6.0])))
        numpy.testing.assert_allclose(out.expect(Block).msg.samples, [0.0, 1.0, 3.0, 6.0])


def test_an_archive_says_what_it_got() -> None:
    with Kit() as kit:
        archive, client = kit.manage("archive", Archive()), kit.probe("client")
        kit.start()
        archive.send(Table(numpy.ones((2, 3))), client.ref)
        client.expect(Measured("float64 (2, 3), sum 6.0"))
