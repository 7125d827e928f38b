"""`sabir conform report RESULT …`: make one report from results that `--json` and `--ndjson` have written, of one port or of many."""

from ..errors import PASSED, UsageError
from ..outputs import FORMS, Outputs, add_options
from ..report import Report
from ..stored import load

PARENT, NAME, HELP = "conform", "report", "one report from the stored results of many runs"


def arguments(parser):
    parser.add_argument("results", nargs="+", metavar="RESULT", help="what --json or --ndjson of conform or matrix has written")
    add_options(parser, tuple(form for form in FORMS if form != "ndjson"))


def run(arguments):
    runs, matrix = [], None
    for path in arguments.results:
        runs_of_file, matrix_of_file = load(path)
        if matrix and matrix_of_file:
            raise UsageError(f"{path}: holds a second matrix; one report shows one")
        runs += runs_of_file
        matrix = matrix or matrix_of_file
    names = [run["port"] for run in runs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two of the results are of the port {name}")
    with Outputs(arguments) as outputs:
        report = Report(outputs.stream)
        for run in runs:
            report.end(run)
        outputs.write(runs, matrix)
    return PASSED
