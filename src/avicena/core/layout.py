"""How a hospital's table names what an application wants to know: plain data, so that a new table needs no code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


def plain(text: str) -> str:
    """A column name or a word as tables are compared by: trimmed, lower case, single spaces."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class TableLayout:
    """One kind of table: which columns say what. It is recognised when all columns of `needs` are there.

    `key` is the column that names the picture of input `image`: a path, a file name, or a file name without its
    ending. A table without pictures leaves `image` blank: its `key` names each row, and where that is blank too a row
    is named by the digest of what it says. `inputs` and `labels` map the application's inputs and stages to columns;
    `words` maps, for an input or stage, the table's words to ours (any case; other words stay as they are). `folders`
    maps, for a stage, the folder that holds a picture to its label. `family` lists columns from the surest to the
    least sure. `box` names the columns of the lesion's x, y, width and height as fractions, where x and y are the
    `box_point` of the box. `separators` says, for an input of codes, what stands between them in a cell; without one
    the cell holds a list as JSON or Python writes it, or codes with commas, semicolons or lines' ends between.
    """

    name: str
    key: str
    image: str = ""
    needs: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    folders: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    family: tuple[str, ...] = ()
    source: str | None = None
    fold: str | None = None
    box: tuple[str, str, str, str] | None = None
    box_point: Literal["centre", "corner"] = "corner"
    separators: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that this layout reads, as `plain` writes it."""
        one = [self.source, self.fold, *(self.box or ())]
        named = [*self._must, *self.inputs.values(), *self.labels.values(), *self.family]
        return tuple(dict.fromkeys(plain(name) for name in [*named, *one] if name is not None))

    def fits(self, header: tuple[str, ...]) -> bool:
        """Whether a table with this header can be read by this layout."""
        given = {plain(name) for name in header}
        return {plain(name) for name in self._must} <= given

    @property
    def _must(self) -> tuple[str, ...]:
        return (self.key, *self.needs) if self.key else self.needs

    def word(self, of: str, text: str) -> str:
        """What the application calls the table's `text` for the input or stage `of`."""
        if of not in self.words:
            return text
        known = {plain(theirs): ours for theirs, ours in self.words[of].items()}
        return known.get(plain(text), text)

    def folder_labels(self, path: str) -> dict[str, str]:
        """The labels by stage that the folders of a picture's path say; the nearest folder counts."""
        parts = [plain(part) for part in path.split("/")[:-1]]
        said: dict[str, str] = {}
        for stage, folders in self.folders.items():
            known = {plain(folder): label for folder, label in folders.items()}
            labels = [known[part] for part in parts if part in known]
            if labels:
                said[stage] = labels[-1]
        return said
