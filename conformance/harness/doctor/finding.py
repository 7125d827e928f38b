"""What a check of the doctor says: how bad it is, about what, in one sentence, and what to do."""

from dataclasses import dataclass

OK, NOTE, WRONG = "ok", "note", "wrong"


@dataclass(frozen=True)
class Finding:
    """`note` is worth knowing and keeps nothing from working; only `wrong` does."""

    level: str
    about: str
    says: str
    do: str = ""

    def __str__(self):
        line = f"{self.level:7} {self.about:12} {self.says}"
        return f"{line}\n{'':7} {'':12} → {self.do}" if self.do else line


def ok(about, says):
    return Finding(OK, about, says)


def note(about, says, do=""):
    return Finding(NOTE, about, says, do)


def wrong(about, says, do):
    return Finding(WRONG, about, says, do)


def as_object(findings):
    """The findings as a JSON value."""
    return {"ok": not any(finding.level == WRONG for finding in findings),
            "findings": [{"level": finding.level, "about": finding.about, "says": finding.says, "do": finding.do}
                         for finding in findings]}
