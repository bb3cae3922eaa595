"""What each kind of finding says and advises, in both languages."""

from avicena.core.text import LANGUAGES, Text

# {label} the label, {target} the class that is told best, {what} what tells it, {effect} the figure.
TELLS: dict[str, tuple[Text, Text]] = {
    "column": (
        Text(
            "one column, {what}, tells {label} = {target} almost without error ({right} right, AUROC {effect})",
            "una sola columna, {what}, revela {label} = {target} casi sin error ({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "find out when and how it is filled; leave it out unless it is known before the question is asked",
            "averigüe cuándo y cómo se rellena; exclúyala salvo que se conozca antes de la pregunta",
        ),
    ),
    "future": (
        Text(
            "by its name the column {what} is filled after the decision, and it tells {label} = {target} "
            "({right} right, AUROC {effect})",
            "por su nombre la columna {what} se rellena después de la decisión, y revela {label} = {target} "
            "({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "leave it out: it will be blank when the question is asked",
            "exclúyala: estará vacía cuando se haga la pregunta",
        ),
    ),
    "phrase": (
        Text(
            "one phrase of the note, {what}, tells {label} = {target} almost without error ({right} right, AUROC "
            "{effect})",
            "una frase de la nota, {what}, revela {label} = {target} casi sin error ({right} de aciertos, AUROC "
            "{effect})",
        ),
        Text(
            "read some of these notes: if they were written knowing the answer, leave the note or that part out",
            "lea algunas de estas notas: si se escribieron conociendo la respuesta, excluya la nota o esa parte",
        ),
    ),
    "note": (
        Text(
            "the phrases of the note together tell {label} = {target} almost without error ({right} right, AUROC "
            "{effect}); {what}",
            "las frases de la nota revelan juntas {label} = {target} casi sin error ({right} de aciertos, AUROC "
            "{effect}); {what}",
        ),
        Text(
            "read some of these notes: if they were written knowing the answer, leave the note out",
            "lea algunas de estas notas: si se escribieron conociendo la respuesta, excluya la nota",
        ),
    ),
    "pair": (
        Text(
            "two columns together, {what}, tell {label} = {target} almost without error ({right} right, AUROC "
            "{effect})",
            "dos columnas juntas, {what}, revelan {label} = {target} casi sin error ({right} de aciertos, AUROC "
            "{effect})",
        ),
        Text(
            "find out whether the label was derived from them; if so, leave one out",
            "averigüe si la etiqueta se dedujo de ellas; en ese caso, excluya una",
        ),
    ),
    "missing": (
        Text(
            "whether a cell is blank ({what}) tells {label} = {target} ({right} right, AUROC {effect})",
            "que una celda esté vacía ({what}) revela {label} = {target} ({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "find out why it is blank for one class; leave the column out if it is filled once the answer is known",
            "averigüe por qué falta en una clase; excluya la columna si se rellena al conocer la respuesta",
        ),
    ),
    "order": (
        Text(
            "the place of a row in the table ({what}) tells {label} = {target} ({right} right, AUROC {effect})",
            "el lugar de la fila en la tabla ({what}) revela {label} = {target} ({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "shuffle the rows, and find out whether classes were collected at different times",
            "desordene las filas y averigüe si las clases se recogieron en épocas distintas",
        ),
    ),
    "identifier": (
        Text(
            "an identifier ({what}) tells {label} = {target} ({right} right, AUROC {effect})",
            "un identificador ({what}) revela {label} = {target} ({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "never give identifiers to a model; find out whether the classes come from different places or times",
            "nunca dé identificadores a un modelo; averigüe si las clases vienen de lugares o épocas distintos",
        ),
    ),
    "format": (
        Text(
            "how a cell is written, not what it says ({what}), tells {label} = {target} ({right} right, AUROC "
            "{effect})",
            "la forma de escribir una celda, no su contenido ({what}), revela {label} = {target} ({right} de "
            "aciertos, AUROC {effect})",
        ),
        Text(
            "write all rows the same way, and find out which step treated one class differently",
            "escriba todas las filas igual y averigüe qué paso trató distinto a una clase",
        ),
    ),
    "note form": (
        Text(
            "the form of the note, not its content ({what}), tells {label} = {target} ({right} right, AUROC {effect})",
            "la forma de la nota, no su contenido ({what}), revela {label} = {target} ({right} de aciertos, "
            "AUROC {effect})",
        ),
        Text(
            "find out whether the notes of one class were written by other people or with another template",
            "averigüe si las notas de una clase las escribieron otras personas o con otra plantilla",
        ),
    ),
    "file": (
        Text(
            "the file alone, without looking at the picture ({what}), tells {label} = {target} ({right} right, "
            "AUROC {effect})",
            "el archivo solo, sin mirar la imagen ({what}), revela {label} = {target} ({right} de aciertos, "
            "AUROC {effect})",
        ),
        Text(
            "decode and save every picture the same way from the originals; a network sees the traces of compression",
            "decodifique y guarde todas las imágenes igual desde los originales; una red ve las huellas",
        ),
    ),
    "intensity": (
        Text(
            "four intensity statistics of the picture tell {label} = {target} ({right} right, AUROC {effect})",
            "cuatro estadísticas de intensidad de la imagen revelan {label} = {target} ({right} de aciertos, "
            "AUROC {effect})",
        ),
        Text(
            "compare scanners and windows by class; make brightness alike and vary it in training",
            "compare equipos y ventanas por clase; iguale el brillo y varíelo al entrenar",
        ),
    ),
    "rim": (
        Text(
            "the rim of the picture ({what}) tells {label} = {target} ({right} right, AUROC {effect})",
            "el borde de la imagen ({what}) revela {label} = {target} ({right} de aciertos, AUROC {effect})",
        ),
        Text(
            "look for burnt-in marks, rulers or frames and crop to the body",
            "busque marcas impresas, reglas o marcos y recorte al cuerpo",
        ),
    ),
    "source": (
        Text(
            "the class is confounded with the source: the source alone tells {label} = {target} ({right} right, "
            "AUROC {effect})",
            "la clase se confunde con la procedencia: la procedencia sola revela {label} = {target} ({right} de "
            "aciertos, AUROC {effect})",
        ),
        Text(
            "report results by source and class, balance sources in training, test on a source with every class",
            "informe resultados por procedencia y clase, equilibre las procedencias al entrenar y pruebe en una con "
            "todas las clases",
        ),
    ),
}

PURE = (
    Text(
        "wherever {what} stands, {label} is {target} ({effect} of the families, where {base} are)",
        "dondequiera que figura {what}, {label} es {target} ({effect} de las familias, cuando lo son {base})",
    ),
    Text(
        "find out whether it was written knowing the answer; if so, leave it out",
        "averigüe si se escribió conociendo la respuesta; en ese caso, exclúyalo",
    ),
)
"""What is said of a level of a column, or a phrase, that one class alone has."""

PLAIN: dict[str, tuple[Text, Text]] = {
    "copies": (
        Text(
            "{effect} of the rows have a copy of their picture in another family ({what} of the pairs found are "
            "mirrored), so a random split leaks",
            "el {effect} de las filas tiene una copia de su imagen en otra familia (en espejo {what} de los "
            "pares hallados): un reparto al azar filtra",
        ),
        Text(
            "use the grouping that was found as the split: avicena check APPLICATION DATASET --regroup",
            "use la agrupación hallada como reparto: avicena check APLICACIÓN CONJUNTO --regroup",
        ),
    ),
    "copies across split": (
        Text(
            "{effect} of the rows have a copy of their picture on the other side of the split ({what} of the "
            "pairs found are mirrored)",
            "el {effect} de las filas tiene una copia de su imagen al otro lado del reparto (en espejo {what} de "
            "los pares hallados)",
        ),
        Text(
            "use the grouping that was found as the split: avicena check APPLICATION DATASET --regroup",
            "use la agrupación hallada como reparto: avicena check APLICACIÓN CONJUNTO --regroup",
        ),
    ),
    "copies disagree": (
        Text(
            "copies of one picture carry different classes of {label}: two copies agree in {effect} of the pairs",
            "copias de una imagen llevan clases distintas de {label}: dos copias coinciden en el {effect} de los pares",
        ),
        Text(
            "have an expert settle them (avicena review-data), or take the label for the noise it is",
            "haga que un experto los resuelva (avicena review-data), o trate la etiqueta como ruido",
        ),
    ),
    "families across split": (
        Text(
            "{effect} of the rows belong to a patient who stands on both sides of the split",
            "el {effect} de las filas es de un paciente que está a ambos lados del reparto",
        ),
        Text("split by patient", "reparta por paciente"),
    ),
    "families unknown": (
        Text(
            "the patient is not known in {effect} of the rows, so one may stand on both sides of a split",
            "no se conoce al paciente en el {effect} de las filas, y puede estar a ambos lados de un reparto",
        ),
        Text(
            "ask for a pseudonym of each patient; until then intervals are too narrow",
            "pida un seudónimo de cada paciente; hasta entonces los intervalos son demasiado estrechos",
        ),
    ),
    "same rows": (
        Text(
            "{effect} of the rows say the same as another row in every column, of another patient by their names",
            "el {effect} de las filas dice lo mismo que otra en todas las columnas, de otro paciente según sus nombres",
        ),
        Text(
            "find out whether they are one patient entered twice, and give them one family",
            "averigüe si son un paciente registrado dos veces y deles una familia",
        ),
    ),
    "no signal": (
        Text(
            "nothing tells {label} better than permuted labels do (AUROC {effect}, {what})",
            "nada revela {label} mejor que etiquetas permutadas (AUROC {effect}, {what})",
        ),
        Text(
            "do not train a suggestion on it: find out how the label was made",
            "no entrene una sugerencia con ella: averigüe cómo se obtuvo la etiqueta",
        ),
    ),
}


def said(text: Text, **words: str | Text) -> Text:
    """A sentence with its words filled in, those that have two languages each in its own."""
    spoken = {name: Text(word, word) if isinstance(word, str) else word for name, word in words.items()}
    english, spanish = ({name: one.say(language) for name, one in spoken.items()} for language in LANGUAGES)
    return Text(text.en.format(**english), text.es.format(**spanish))
