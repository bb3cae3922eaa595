"""What the page of a dataset says around its figures, in both languages."""

from collections.abc import Mapping

from avicena.core.text import Language, Text

WORDS: Mapping[str, Text] = {
    "skip": Text("Skip to the content", "Saltar al contenido"),
    "contents": Text("Contents", "Contenido"),
    "title": Text("Dataset of {name}", "Conjunto de datos de {name}"),
    "patient": Text(
        "This page shows pictures and figures of patients. Keep and pass it on only as you may the records themselves.",
        "Esta página muestra imágenes y cifras de pacientes. Guárdela y compártala solo como las propias historias.",
    ),
    "version": Text("dataset version", "versión de los datos"),
    "made": Text("Made by Avicena {version}: ", "Hecho con Avicena {version}: "),
    "glance": Text("At a glance", "De un vistazo"),
    "look": Text("Look at this first", "Mire esto primero"),
    "nothing": Text("Nothing stands out in the counts below.", "Nada llama la atención en los recuentos."),
    "rows": Text("rows", "filas"),
    "families": Text("families", "familias"),
    "family_note": Text(
        "A family is all that belongs to one person; it is never parted by a split. Figures by family count persons, "
        "figures by row count pictures or visits.",
        "Una familia es todo lo de una misma persona; ninguna partición la separa. Las cifras por familia cuentan "
        "personas; las cifras por fila, imágenes o visitas.",
    ),
    "inputs": Text("Inputs", "Entradas"),
    "input": Text("input", "entrada"),
    "kind": Text("kind", "tipo"),
    "unit": Text("unit", "unidad"),
    "required": Text("must be given", "obligatoria"),
    "given": Text("given", "dada"),
    "missing": Text("missing", "falta"),
    "spread": Text("how it is spread", "distribución"),
    "yes": Text("yes", "sí"),
    "no": Text("no", "no"),
    "number": Text("number", "número"),
    "choice": Text("choice", "opción"),
    "codes": Text("codes", "códigos"),
    "note": Text("note", "nota"),
    "image": Text("picture", "imagen"),
    "other": Text("other", "otro"),
    "inputs_caption": Text("What each input holds", "Qué contiene cada entrada"),
    "quantiles": Text(
        "median {mid}; half from {q1} to {q3}; 90 % from {low} to {high}",
        "mediana {mid}; la mitad de {q1} a {q3}; el 90 % de {low} a {high}",
    ),
    "length": Text("words: ", "palabras: "),
    "length_codes": Text("number of codes: ", "número de códigos: "),
    "chart_codes": Text("{name}: rows by number of codes", "{name}: filas por número de códigos"),
    "chart_commonest": Text("{name}: the commonest codes", "{name}: los códigos más frecuentes"),
    "different": Text("{n} different pictures", "{n} imágenes distintas"),
    "implausible": Text("{n} implausible", "{n} poco plausibles"),
    "blank_means": Text("a blank means: {said}", "si falta: {said}"),
    "chart_number": Text("{name} ({unit}): rows by value", "{name} ({unit}): filas por valor"),
    "chart_length": Text("{name}: rows by number of words", "{name}: filas por número de palabras"),
    "chart_choice": Text("{name}: rows by value", "{name}: filas por valor"),
    "value": Text("value", "valor"),
    "from_to": Text("{low} to under {high}", "de {low} a menos de {high}"),
    "gaps": Text("What is missing", "Qué falta"),
    "gaps_intro": Text(
        "Each line is one combination of inputs and labels, with the rows that lack exactly these.",
        "Cada línea es una combinación de entradas y etiquetas, con las filas a las que les falta justo eso.",
    ),
    "patterns": Text("What is missing together", "Qué falta a la vez"),
    "label_of": Text("label: {name}", "etiqueta: {name}"),
    "others": Text("others", "otros"),
    "other_patterns": Text("all other combinations", "las demás combinaciones"),
    "gap_grid": Text("Share of rows without each input", "Proporción de filas sin cada entrada"),
    "gap_summary": Text(
        "By class and source. An input that is missing more often in one class tells the class by its absence.",
        "Por clase y fuente. Una entrada que falta más en una clase revela la clase con su ausencia.",
    ),
    "no_gaps": Text(
        "No input is given in some rows and missing in others.",
        "Ninguna entrada figura en unas filas y falta en otras.",
    ),
    "classes": Text("Classes", "Clases"),
    "class": Text("class", "clase"),
    "class_chart": Text("{stage}: rows by class", "{stage}: filas por clase"),
    "class_summary": Text(
        "The largest class is {most} with {share} of {n} labelled rows.",
        "La clase mayor es {most}, con el {share} de {n} filas etiquetadas.",
    ),
    "share": Text("share of rows", "proporción de filas"),
    "share_families": Text("share of families", "proporción de familias"),
    "sources": Text("Sources and groups", "Fuentes y grupos"),
    "source": Text("source", "fuente"),
    "source_number": Text("sources", "fuentes"),
    "fold": Text("fold", "partición"),
    "unsaid": Text("not said", "no consta"),
    "by_chart": Text("{stage} by {by}", "{stage} por {by}"),
    "by_summary": Text(
        "Each bar is all families of one level ({levels}); its parts are the classes.",
        "Cada barra son todas las familias de un nivel ({levels}); sus partes son las clases.",
    ),
    "one_level": Text("{by}: the same for all rows ({level}).", "{by}: igual en todas las filas ({level})."),
    "family_section": Text("Families", "Familias"),
    "family_chart": Text("Families by number of rows", "Familias por número de filas"),
    "family_summary": Text(
        "{n} families hold {rows} rows: {mean} rows each on average.",
        "{n} familias reúnen {rows} filas: {mean} filas cada una de media.",
    ),
    "rows_per_family": Text("rows of the family", "filas de la familia"),
    "told": Text("Rows whose family the data say", "Filas cuya familia consta en los datos"),
    "mixed": Text("Families with more than one value of: {stage}", "Familias con más de un valor de: {stage}"),
    "several_sources": Text("Families from several sources", "Familias de varias fuentes"),
    "several_folds": Text("Families in several folds", "Familias en varias particiones"),
    "fact": Text("fact", "dato"),
    "count": Text("count", "número"),
    "family_facts": Text("What should be one within a family", "Lo que debería ser único en cada familia"),
    "pictures": Text("Pictures", "Imágenes"),
    "pictures_intro": Text(
        "A few of each class, of different families, chosen by the hash of the file. Patients' pictures, reduced; not "
        "for diagnosis.",
        "Algunas de cada clase, de familias distintas, elegidas por la huella del archivo. Son imágenes de pacientes, "
        "reducidas; no sirven para diagnosticar.",
    ),
    "picture_alt": Text("Patient picture: {label}, example {n}", "Imagen de paciente: {label}, ejemplo {n}"),
    "no_pictures": Text("There are no pictures.", "No hay imágenes."),
    "words": Text("Words of the notes", "Palabras de las notas"),
    "words_intro": Text(
        "The words whose frequency differs most between classes. A word that stands in fewer than {k} families is not "
        "shown, and “< {k}” stands for the families of a class with it when they are so few. A word that tells the "
        "class almost alone is worth a look: was the note written knowing the answer?",
        "Las palabras cuya frecuencia más difiere entre clases. No se muestra ninguna que figure en menos de {k} "
        "familias, y «< {k}» indica que en una clase son tan pocas. Si una palabra casi revela la clase, mírelo: "
        "¿se escribió la nota conociendo la respuesta?",
    ),
    "words_chart": Text("{input}: words by class of {stage}", "{input}: palabras por clase de {stage}"),
    "words_summary": Text(
        "Share of each class's families whose notes hold the word. {n} words stand in {k} families or more; {rare} do "
        "not and are left out.",
        "Proporción de familias de cada clase cuyas notas contienen la palabra. {n} palabras figuran en {k} familias o "
        "más; otras {rare} se omiten.",
    ),
    "word": Text("word", "palabra"),
    "no_words": Text("There are no notes with labels.", "No hay notas con etiquetas."),
    "splits": Text("Splits", "Particiones"),
    "splits_chart": Text(
        "{stage}: rows (families) by fold, class and source", "{stage}: filas (familias) por partición, clase y fuente"
    ),
    "splits_summary": Text(
        "A sound split has about the same in every fold of a line.",
        "En una buena partición, las cifras de cada línea se parecen.",
    ),
    "fold_n": Text("fold {n}", "partición {n}"),
    "audit": Text("Leaks and shortcuts", "Fugas y atajos"),
    "unaudited": Text(
        "This version was not audited for leaks and shortcuts. The command that does it:",
        "Esta versión no se ha auditado en busca de fugas y atajos. La orden que lo hace:",
    ),
    "audit_caption": Text("What the audit found", "Qué encontró la auditoría"),
    "clean": Text("The audit found no leak and no shortcut.", "La auditoría no encontró fugas ni atajos."),
    "looked": Text("Looked for: {what}.", "Se buscó: {what}."),
    "skipped": Text("Not looked for", "No se buscó"),
    "severity": Text("severity", "gravedad"),
    "serious": Text("serious", "grave"),
    "notice": Text("notice", "aviso"),
    "finding": Text("finding, and what to do", "hallazgo y qué hacer"),
    "effect": Text("effect", "efecto"),
    "interval": Text("95 % interval", "intervalo 95 %"),
    "overridden": Text("Accepted by {who} on {day}: {why}", "Aceptado por {who} el {day}: {why}"),
    "serious_findings": Text("serious findings", "hallazgos graves"),
    "not_audited": Text("not audited", "sin auditar"),
    "changes": Text("What changed", "Qué ha cambiado"),
    "no_parent": Text(
        "This version has no parent on this site, and none was named with --against.",
        "Esta versión no tiene predecesora en esta instalación ni se indicó otra con --against.",
    ),
    "against": Text("Compared with dataset version {name}.", "En comparación con la versión {name}."),
    "same": Text("Rows and values are the same.", "Las filas y los valores son los mismos."),
    "change_rows": Text(
        "{before} rows before, {after} now: {added} added, {removed} removed.",
        "{before} filas antes, {after} ahora: {added} añadidas, {removed} retiradas.",
    ),
    "change_values": Text("Values changed in rows that both have", "Valores cambiados en filas comunes"),
    "change_classes": Text("Rows by class, before and now", "Filas por clase, antes y ahora"),
    "change_shifts": Text("How far each column moved", "Cuánto se movió cada columna"),
    "shift_note": Text(
        "PSI: population stability index, moderate from 0.1 and large from 0.25. KS: Kolmogorov–Smirnov distance.",
        "PSI: índice de estabilidad poblacional, moderado desde 0,1 y grande desde 0,25. KS: distancia de "
        "Kolmogorov–Smirnov.",
    ),
    "length_of": Text("{name} (length)", "{name} (longitud)"),
    "field": Text("field", "campo"),
    "stage": Text("stage", "etapa"),
    "before": Text("before", "antes"),
    "now": Text("now", "ahora"),
    "column": Text("column", "columna"),
    "size": Text("shift", "cambio"),
    "small": Text("small", "pequeño"),
    "moderate": Text("moderate", "moderado"),
    "large": Text("large", "grande"),
    "refused": Text("What could not be used", "Lo que no se pudo usar"),
    "reason": Text("reason", "motivo"),
    "refused_caption": Text("Rows and files refused at import, by reason", "Filas y archivos rechazados, por motivo"),
    "none_refused": Text("Every row and file could be used.", "Se pudieron usar todas las filas y archivos."),
    "research": Text(
        "For research only; not a medical device.", "Solo para investigación; no es un producto sanitario."
    ),
}


def words(language: Language) -> dict[str, str]:
    """All of them in one language, by name."""
    return {name: text.say(language) for name, text in WORDS.items()}
