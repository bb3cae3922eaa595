"""What can go wrong, by who can mend it. No message ever repeats a patient's value."""

from collections.abc import Mapping


class AvicenaError(Exception):
    """Anything Avicena says no to."""


class ContractViolation(AvicenaError):
    """The caller can mend it: the input breaks the application's contract.

    `problems` maps each wrong field to what is wrong with it; all of them, never only the first.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in self.problems.items()))


class Unreadable(AvicenaError):
    """The caller can mend it: these bytes are not a picture that may be answered."""


class NotFound(AvicenaError):
    """The caller can mend it: nothing is kept under that name."""


class NotAllowed(AvicenaError):
    """The caller's administrator can mend it: the actor lacks the role for this act."""


class NotDeployed(AvicenaError):
    """The operator can mend it: no reviewed model answers for this application."""


class Blocked(AvicenaError):
    """The reviewer can mend it: a gate or an earlier fact forbids this step."""


class Untrusted(AvicenaError):
    """The operator can mend it: a bundle or record is unsigned, altered or incomplete."""


class Unavailable(AvicenaError):
    """Time can mend it: something the act needs does not answer; nothing was kept."""


class Misconfigured(AvicenaError):
    """The operator can mend it: a setting, a folder or an extra is missing; the message says which."""
