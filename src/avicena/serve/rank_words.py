"""Why no list is given, and what a reader of a list must know, in words."""

from avicena.core.text import Text


def too_few(count: int, needed: int) -> Text:
    """Fewer observed findings than a list needs."""
    if count == 0:
        return Text(
            "no observed finding that tells one disease from another; add what was seen in the patient",
            "ningún hallazgo observado que distinga unas enfermedades de otras; añada lo que se vio en el paciente",
        )
    are, son = ("finding is", "hallazgo observado es") if count == 1 else ("findings are", "hallazgos observados son")
    return Text(
        f"{count} observed {are} fewer than the {needed} that a ranking needs (a finding and what it is a kind of "
        "count once, an organ system does not count); add what was seen in the patient",
        f"{count} {son} menos que los {needed} que se necesitan (un hallazgo y aquello de lo que es una forma cuentan "
        "una vez; un sistema de órganos no cuenta); añada lo que se vio en el paciente",
    )


NOTHING_KNOWN = Text(
    "no disease of the knowledge shows any of the observed findings",
    "ninguna enfermedad del conocimiento muestra ninguno de los hallazgos observados",
)

NONE_LIKELIEST = Text(
    "no disease of the list is more probable than that it is none of those that the knowledge holds",
    "ninguna enfermedad de la lista es más probable que el que no sea ninguna de las que recoge el conocimiento",
)


def too_many(count: int, widest: int, level: int) -> Text:
    """More outcomes remain plausible than a differential may hold."""
    return Text(
        f"{count} diseases remain plausible at {level} %, more than the {widest} that a differential may hold",
        f"{count} enfermedades siguen siendo plausibles al {level} %, más de las {widest} que admite un diagnóstico "
        "diferencial",
    )


NOTHING_PLAUSIBLE = Text(
    "no disease is plausible for these findings", "ninguna enfermedad es plausible con estos hallazgos"
)

RARE = Text(
    "Orphanet has an entry",
    "tiene ficha en Orphanet",
)

OTHER_SEX = Text(
    "an observed finding lies in organs of the other sex; check the sex and the findings",
    "un hallazgo observado es de órganos del otro sexo; revise el sexo y los hallazgos",
)

NO_COMMON = Text(
    "common diseases are not in this list: the model has no part that knows them",
    "las enfermedades comunes no están en esta lista: el modelo no tiene parte que las conozca",
)

NO_EVIDENCE = Text(
    "common diseases were not considered: no coded evidence was given, and too few of the findings have a code",
    "no se consideraron enfermedades comunes: no se dieron indicios codificados y muy pocos hallazgos tienen código",
)

NO_RARE = Text(
    "rare diseases were not ranked: the model has no part that ranks them; if it is one, it is none of these",
    "no se ordenaron enfermedades raras: el modelo no tiene parte que las ordene; si es una, no es ninguna de estas",
)


def rare_silent(why: Text | None) -> Text:
    """That no rare disease was ranked, and why."""
    en, es = (f": {why.en}", f": {why.es}") if why is not None else ("", "")
    return Text(
        f"rare diseases were not ranked{en}; if it is one, it is none of these",
        f"no se ordenaron enfermedades raras{es}; si es una, no es ninguna de estas",
    )


def share(common: float) -> Text:
    """How likely a common and a rare disease were held to be beforehand."""
    ours, theirs = f"{100 * common:.4g}", f"{100 * (1 - common):.4g}"
    return Text(
        f"before anything was known of the patient a common disease was held to be {ours} % likely and a rare one "
        f"{theirs} %, as this site has set it",
        f"antes de saber nada del paciente se supuso una enfermedad común con un {ours} % de probabilidad y una rara "
        f"con un {theirs} %, según la configuración de este centro",
    )


def kinds(ratio: float) -> Text:
    """How many times likelier or less likely what was found is with a common disease than with a rare one."""
    more = max(ratio, 1 / ratio)
    times = f"{more:.0f}" if more >= 10 else f"{more:.1f}"
    if times == "1.0":
        return Text(
            "what was found is as likely with a common disease as with a rare one",
            "lo hallado es tan probable con una enfermedad común como con una rara",
        )
    en, es = ("likelier", "más probable") if ratio >= 1 else ("less likely", "menos probable")
    return Text(
        f"what was found is {times} times {en} with a common disease than with a rare one",
        f"lo hallado es {times.replace('.', ',')} veces {es} con una enfermedad común que con una rara",
    )


def too_few_codes(heard: int, needed: int) -> Text:
    """That too few codes were heard to speak of common diseases."""
    return Text(
        f"common diseases were not considered: their model knows {heard} of the codes, fewer than {needed}",
        f"no se consideraron enfermedades comunes: su modelo conoce {heard} de los códigos, menos de {needed}",
    )


def mostly_unheard(unheard: int, heard: int) -> Text:
    """That as many codes say nothing to the model of common diseases as say something."""
    return Text(
        f"the model of common diseases does not know {unheard} of the codes given and knows only {heard}",
        f"el modelo de enfermedades comunes no conoce {unheard} de los códigos dados y solo conoce {heard}",
    )


def denied(count: int) -> Text:
    """That codes were left out, as the list of findings says otherwise."""
    return Text(
        f"the list of findings excludes what {count} of the codes tell; the list was believed",
        f"la lista de hallazgos descarta lo que dicen {count} de los códigos; se creyó a la lista",
    )


def translated(count: int, all_: int) -> Text:
    """That common diseases were judged by findings translated into codes."""
    return Text(
        f"for common diseases {count} of {all_} codes were taken from the findings; what has no code was not heard",
        f"para las enfermedades comunes {count} de {all_} códigos se tomaron de los hallazgos; lo que no tiene código "
        "no se tuvo en cuenta ahí",
    )


def unheard(count: int) -> Text:
    """That some codes say nothing of common diseases."""
    return Text(
        f"{count} of the codes given {'is' if count == 1 else 'are'} unknown to the model of common diseases",
        f"el modelo de enfermedades comunes no conoce {count} de los códigos dados",
    )
