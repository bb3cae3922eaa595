"""Our own table of lay wording: complete, without doubles, and right by the ontology of the day."""

from collections import Counter
from pathlib import Path

import pytest

from avicena.core.text import Language
from avicena.formats.findings_lexicon import LAY_COLUMNS, NOTHING, lay, own_table
from avicena.formats.findings_match import Matcher
from avicena.formats.findings_words import fold_words
from avicena.formats.obo import read_obo

COMMON: dict[Language, str] = {
    "es": """
        de la que el en y a los se del las un por con no una su para es al lo como mas o pero sus le ha me si sin sobre
        este ya entre cuando todo esta ser son dos tambien fue habia era muy anos hasta desde mi porque que solo han yo
        hay vez puede todos asi nos ni parte tiene el uno donde bien tiempo mismo ese ahora cada e vida otro despues te
        otros aunque esa eso hace otra gobierno tan durante siempre dia tanto ella tres si dijo sido gran pais segun
        menos mundo ano antes estado contra sino forma caso nada hacer general estaba poco estos presidente mayor ante
        unos les algo hacia casa ellos ayer hecho primera mucho mientras ademas quien momento millones esto espana
        hombre estan pues hoy lugar nacional trabajo otras mejor nuevo decir algunos entonces todas dias debe politica
        como casi toda tal luego paso pasado buena paciente acude refiere presenta consulta hijo hija nino nina medico
        come comer cosa cosas cama casos codo toma tomo tomar tome visto viene vive va van voy fui
        lado luz mes meses semana semanas hora horas noche manana tarde trabaja administrativa ama
        colegio escuela guarderia normal buen bueno mala mas leve grave actual previo nunca
    """,
    "en": """
        the of and to a in for is on that by this with i you it not or be are from at as your all have new more an was
        we will home can us about if page my has search free but our one other do no information time they site he up
        may what which their news out use any there see only so his when contact here business who web also now help
        get pm view online c e first am been would how were me s services some these click its like service x than
        find price date back top people had list name just over state year day into email two health n world re next
        used go b work last most products music buy data make them should product system post her city t add policy
        number such please available copyright support message after best software then jan good video well d where
        info rights public books high school through m each links she review years order very privacy book items
        company r read group need many user said de does set under general research university january mail full map
        reviews program life know games way days management p part could great united hotel real f item international
        patient child mother father boy girl week month came come seen told takes taking lives works man woman
    """,
}
"""Common words of both languages; none of them is a finding by itself."""

ROWS = [line.split("\t") for line in own_table().splitlines()[1:]]


def test_it_has_at_least_three_hundred_spanish_rows_each_with_its_source() -> None:
    assert sum(row[0] == "es" for row in ROWS) >= 300
    assert all(len(row) == len(LAY_COLUMNS) and all(cell.strip() == cell and cell for cell in row) for row in ROWS)


def test_no_wording_stands_twice() -> None:
    doubled = [one for one, times in Counter((row[0], fold_words(row[1])) for row in ROWS).items() if times > 1]
    assert doubled == []


@pytest.mark.real_data
def test_every_id_is_in_force_below_phenotypic_abnormality_with_that_label(real_data: Path) -> None:
    import gzip

    from avicena.core.ontology import ontology

    lines = gzip.decompress((real_data / "rare/hpo/hp_2025-01-16.obo.gz").read_bytes()).decode().splitlines()
    onto = ontology(*read_obo(lines))
    allowed = {onto.ids[term]: onto.labels[term] for term in onto.phenotypes.tolist()}
    allowed[NOTHING] = "names no finding"
    wrong = [row for row in ROWS if allowed.get(row[2].lstrip("-")) != row[3]]
    assert wrong == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_common_word_names_a_finding(language: Language) -> None:
    matcher = Matcher(lay(own_table(), language), language)
    common = COMMON[language].split()
    assert len(common) > 200
    assert [word for word in common if matcher.mentions(word)] == []
    assert matcher.mentions({"es": "coma", "en": "convulsions"}[language])
