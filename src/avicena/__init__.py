"""Avicena: clinical prediction models, from raw hospital data to an answer a clinician can trust."""

from avicena.core import encoding as encode
from avicena.core.answer import Decision, Prediction, refer, suggest
from avicena.core.application import Application, Gate, ImageStage, RankStage, Threshold, TreeStage
from avicena.core.case import Case, Choice, Image, Note, Number
from avicena.core.codes import Codes
from avicena.core.findings import Findings
from avicena.core.layout import TableLayout
from avicena.core.recipe import ImageRecipe
from avicena.core.text import Text
from avicena.core.tree_recipe import TreeRecipe
from avicena.formats.note import Lexicon, NoteGrammar

__all__ = [
    "Application",
    "Case",
    "Choice",
    "Codes",
    "Decision",
    "Findings",
    "Gate",
    "Image",
    "ImageRecipe",
    "ImageStage",
    "Lexicon",
    "Note",
    "NoteGrammar",
    "Number",
    "Prediction",
    "RankStage",
    "TableLayout",
    "Text",
    "Threshold",
    "TreeRecipe",
    "TreeStage",
    "encode",
    "refer",
    "suggest",
]
