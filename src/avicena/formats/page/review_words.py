"""What the technical review page of a candidate says around its figures, in both languages."""

import re
from collections.abc import Callable, Mapping

from avicena.core.text import Text

REVIEW_WORDS: Mapping[str, Text] = {
    "review_title": Text("Technical review: {name}", "Revisión técnica: {name}"),
    "review_patient": Text(
        "This page shows patients: rows that the model gets wrong, with their pictures. Keep and pass it on only as "
        "you may the records themselves.",
        "Esta página muestra pacientes: filas en las que el modelo se equivoca, con sus imágenes. Guárdela y "
        "compártala solo como las propias historias clínicas.",
    ),
    "candidate": Text("candidate", "candidato"),
    "glance": Text("At a glance", "De un vistazo"),
    "allows": Text("the gate allows", "la puerta permite"),
    "scope_suggest": Text("suggestions", "sugerencias"),
    "scope_refer": Text("referral only", "solo derivar"),
    "scope_nothing": Text("nothing", "nada"),
    "checks_passed": Text("checks passed", "requisitos cumplidos"),
    "serious_leaks": Text("serious leaks, overridden", "fugas graves, asumidas"),
    "serious_open": Text("serious leaks, not overridden", "fugas graves sin asumir"),
    "verdict": Text("verdict", "veredicto"),
    "not_reviewed": Text("not reviewed yet", "sin revisar todavía"),
    "accept": Text("accepted", "aceptado"),
    "reject": Text("rejected", "rechazado"),
    "seed": Text("seed", "semilla"),
    "code": Text("code", "código"),
    "recipe": Text("recipe", "receta"),
    "version_number": Text("version", "versión"),
    "no_version": Text("none", "ninguna"),
    "review": Text("Review and signature", "Revisión y firma"),
    "review_none": Text(
        "Nobody has reviewed this candidate yet. Who has read this page signs a verdict with the command below; it is "
        "refused if the facts on this page have changed by then.",
        "Nadie ha revisado aún este candidato. Quien haya leído esta página firma su veredicto con la orden siguiente; "
        "se rechaza si para entonces han cambiado los datos de esta página.",
    ),
    "facts": Text("digest of the facts", "huella de los datos"),
    "read_facts": Text(
        "The reviewer named the facts that they had read on a page; at signing they were still the same:",
        "Quien revisó nombró los datos que había leído en una página; al firmar seguían siendo los mismos:",
    ),
    "read_none": Text(
        "The reviewer named no page that they had read: this review does not say what they saw before signing.",
        "Quien revisó no nombró ninguna página que hubiera leído: esta revisión no dice qué vio antes de firmar.",
    ),
    "reviewed": Text("{who}, {at}: {verdict} ({scope}).", "{who}, {at}: {verdict} ({scope})."),
    "reason": Text("reason", "motivo"),
    "key": Text("key", "clave"),
    "signature": Text("signature", "firma"),
    "signed_page": Text("page as signed", "página firmada"),
    "being_signed": Text(
        "This page was made at signing, with the verdict in it, and is what is signed. The signature over its digest "
        "stands in the record of the review; this command verifies both, and gives this very page:",
        "Esta página se hizo al firmar, con el veredicto en ella, y es lo que se firma. La firma de su huella consta "
        "en el registro de la revisión; esta orden verifica ambas y devuelve esta misma página:",
    ),
    "after_signing": Text(
        "This page was made after the review, from what is kept now. The page that was signed:",
        "Esta página se hizo tras la revisión, con lo que consta ahora. La página que se firmó:",
    ),
    "unbound": Text(
        "This review binds no page: it was signed before pages were.",
        "Esta revisión no está ligada a ninguna página: se firmó antes de que las hubiera.",
    ),
    "gate": Text("The gate", "La puerta"),
    "gate_caption": Text("What the application asks of a candidate", "Lo que la aplicación exige a un candidato"),
    "no_gate": Text("The application asks for nothing.", "La aplicación no exige nada."),
    "check": Text("requirement", "requisito"),
    "at_least": Text("at least {limit}", "al menos {limit}"),
    "at_most": Text("at most {limit}", "como máximo {limit}"),
    "and_also": Text(" and ", " y "),
    "bound_low": Text("lower bound of ", "límite inferior de "),
    "bound_high": Text("upper bound of ", "límite superior de "),
    "every_group": Text("in every group", "en cada grupo"),
    "small_groups": Text(", small groups", ", grupos pequeños"),
    "blocks": Text("failing it forbids", "si falla, impide"),
    "serving": Text("serving", "servir"),
    "suggestion": Text("suggestions", "sugerencias"),
    "nothing_blocked": Text("nothing", "nada"),
    "PASS": Text("PASS", "CUMPLE"),
    "FAIL": Text("FAIL", "FALLA"),
    "INSUFFICIENT": Text("INSUFFICIENT", "INSUFICIENTE"),
    "figure": Text("figure", "cifra"),
    "figures": Text("Figures", "Cifras"),
    "figures_intro": Text(
        "Always of families that neither the model nor its calibration saw. The bars are 95 % intervals by bootstrap "
        "of whole families (Wilson's for coverage). A dash: no interval was measured, or every draw gave the same. A "
        "range is the least and the greatest over permutations of the labels, no interval.",
        "Siempre de familias que ni el modelo ni su calibración vieron. Las barras son intervalos del 95 % por "
        "bootstrap de familias enteras (de Wilson en la cobertura). Una raya: no se midió ningún intervalo, o todos "
        "los sorteos dieron lo mismo. Un rango es el mínimo y el máximo entre permutaciones de las etiquetas, no un "
        "intervalo.",
    ),
    "chosen_here": Text(
        "{stage}: the way to learn (family of models, answer to rare classes) was chosen on these same rows, so its "
        "figures are somewhat kind to it.",
        "{stage}: la forma de aprender (familia de modelos, respuesta a las clases raras) se eligió con estas mismas "
        "filas, así que sus cifras la favorecen algo.",
    ),
    "no_figures": Text("No figure was kept with this candidate.", "No consta ninguna cifra de este candidato."),
    "figures_chart": Text("{stage}: figures", "{stage}: cifras"),
    "figures_summary": Text("Figures between 0 and 1, with intervals.", "Cifras entre 0 y 1, con intervalos."),
    "other_figures": Text("{stage}: other figures", "{stage}: otras cifras"),
    "measure": Text("figure", "cifra"),
    "interval": Text("95 % interval", "intervalo 95 %"),
    "families": Text("families", "familias"),
    "stability": Text("Stability", "Estabilidad"),
    "folds_chart": Text("{stage}: accuracy by fold", "{stage}: exactitud por partición"),
    "folds_summary": Text(
        "Each fold by a model that never saw it: from {low} to {high}. The dashed line is all folds.",
        "Cada partición con un modelo que no la vio: de {low} a {high}. La línea discontinua es el conjunto.",
    ),
    "no_workings": Text(
        "Not measured here: what cross-validation said of each row is kept beside a candidate when it is trained, and "
        "for this one it is not here (it was installed from elsewhere, or trained before this was kept). A candidate "
        "that is trained here has it; it is another one, with a review of its own:",
        "No medido aquí: lo que la validación cruzada dijo de cada fila se guarda junto al candidato al entrenarlo, y "
        "lo de este no está aquí (se instaló desde otro lugar o se entrenó antes de que se guardara). Un candidato "
        "entrenado aquí lo tiene; es otro, con su propia revisión:",
    ),
    "seeds": Text("Seeds", "Semillas"),
    "seeds_chart": Text("{stage}: accuracy by seed", "{stage}: exactitud por semilla"),
    "seeds_summary": Text(
        "Other seeds tried: {n}. With the candidate's own, from {low} to {high}, standard deviation {sd}.",
        "Otras semillas probadas: {n}. Con la del candidato, de {low} a {high}, desviación típica {sd}.",
    ),
    "again_trees": Text(
        "Only the way that the candidate chose is trained again, tuned anew in each fold; the choice between ways is "
        "not repeated.",
        "Solo se entrena de nuevo la forma que eligió el candidato, ajustada otra vez en cada partición; la elección "
        "entre formas no se repite.",
    ),
    "again_images": Text(
        "Trained again by the candidate's recipe and judged before its weights are rounded.",
        "Entrenado de nuevo con la receta del candidato y juzgado antes de redondear sus pesos.",
    ),
    "other_code": Text(
        "Other code than the candidate's ({own}) ran studies of this stage: {codes}. Part of a difference may be the "
        "code's.",
        "Un código distinto del que hizo el candidato ({own}) ejecutó estudios de esta etapa: {codes}. Parte de una "
        "diferencia puede deberse al código.",
    ),
    "own_seed": Text("{seed} (this candidate)", "{seed} (este candidato)"),
    "not_studied": Text("Not measured: run", "No medido: ejecute"),
    "curve": Text("Learning curve", "Curva de aprendizaje"),
    "curve_chart": Text(
        "{stage}: accuracy by families learnt from", "{stage}: exactitud por familias de entrenamiento"
    ),
    "curve_summary": Text(
        "Nested random subsets of the training families, always tested on the same held-out rows. From {before} to "
        "{after} families the accuracy changes by {gain}.",
        "Subconjuntos aleatorios anidados de las familias de entrenamiento, probados siempre en las mismas filas "
        "apartadas. De {before} a {after} familias la exactitud cambia en {gain}.",
    ),
    "trained_on": Text("families learnt from", "familias de entrenamiento"),
    "accuracy": Text("accuracy", "exactitud"),
    "generalisation": Text("By source and group", "Por fuente y grupo"),
    "group_intro": Text(
        "A level of fewer than {k} families is marked INSUFFICIENT and drawn hollow: its figure could not be told from "
        "noise.",
        "Un nivel con menos de {k} familias se marca INSUFICIENTE y se dibuja hueco: su cifra no se distingue del "
        "azar.",
    ),
    "group_chart": Text("{stage}: {measure} by {by}", "{stage}: {measure} por {by}"),
    "group_summary": Text("The least is {level} with {value}.", "El menor es {level}, con {value}."),
    "group_summary_few": Text(
        "No level has families enough to be judged.", "Ningún nivel tiene familias suficientes para juzgarlo."
    ),
    "no_groups": Text(
        "The data name one source or none, and no group was measured.",
        "Los datos nombran una fuente o ninguna, y no se midió ningún grupo.",
    ),
    "leaks": Text("Leaks and shortcuts of the data", "Fugas y atajos de los datos"),
    "leaks_of": Text("Dataset {name} ({stages})", "Datos {name} ({stages})"),
    "unknown_dataset": Text(
        "This dataset version is not on this site, so nothing is known here of its leaks.",
        "Esta versión de los datos no está en esta instalación; aquí no se sabe nada de sus fugas.",
    ),
    "not_overridden": Text("nobody has overridden it", "nadie lo ha asumido"),
    "calibration": Text("Calibration", "Calibración"),
    "calibration_chart": Text("{stage}: what is said and what is right", "{stage}: lo dicho y lo acertado"),
    "calibration_summary": Text(
        "Bins of equally many rows. On the diagonal, what is said with 0.8 is right 8 times in 10. ECE {ece} "
        "({low} – {high}).",
        "Tramos con igual número de filas. En la diagonal, lo dicho con 0,8 acierta 8 de cada 10 veces. ECE {ece} "
        "({low} – {high}).",
    ),
    "confidence": Text("confidence", "confianza"),
    "right": Text("right", "aciertos"),
    "confusion": Text("Confusions", "Confusiones"),
    "confusion_chart": Text("{stage}: rows by true and said class", "{stage}: filas por clase real y dicha"),
    "confusion_summary": Text(
        "A line for each true class, shaded by its share of the line. {wrong} of {n} rows are wrong.",
        "Una línea por clase real, sombreada según su parte de la línea. {wrong} de {n} filas son erróneas.",
    ),
    "confused_pairs": Text("{stage}: the most frequent confusions", "{stage}: las confusiones más frecuentes"),
    "true_class": Text("true class", "clase real"),
    "said_class": Text("said class", "clase dicha"),
    "sets": Text("Prediction sets", "Conjuntos de predicción"),
    "sets_chart": Text("{stage}: coverage of the sets by {by}", "{stage}: cobertura de los conjuntos por {by}"),
    "sets_all": Text("{stage}: coverage of the sets", "{stage}: cobertura de los conjuntos"),
    "sets_summary": Text(
        "The sets promise to hold the truth with {share}; dashed line. Mean size {size}.",
        "Los conjuntos prometen contener la verdad con {share}; línea discontinua. Tamaño medio {size}.",
    ),
    "no_sets": Text("No coverage was measured.", "No se midió la cobertura."),
    "mistakes": Text("What it gets wrong", "En qué se equivoca"),
    "mistakes_caption": Text("{stage}: the surest mistakes", "{stage}: los errores más seguros"),
    "mistakes_summary": Text(
        "{stage}: {shown} of {wrong} wrong rows, the surest of each family.",
        "{stage}: {shown} de {wrong} filas erróneas, la más segura de cada familia.",
    ),
    "no_mistakes": Text("{stage}: no row is wrong.", "{stage}: ninguna fila es errónea."),
    "row": Text("row", "fila"),
    "family": Text("family", "familia"),
    "given_truth": Text("given to the truth", "dado a la verdad"),
    "mistake_alt": Text(
        "Patient picture {n}: {truth}, said to be {said}", "Imagen de paciente {n}: {truth}, dicho {said}"
    ),
    "map_alt": Text(
        "Patient picture {n} with the map of where the model saw {said}",
        "Imagen de paciente {n} con el mapa de dónde el modelo vio {said}",
    ),
    "mistake_said": Text("{n}. {truth}, said {said}", "{n}. {truth}, dicho {said}"),
    "picture_gone": Text("{n}: the picture is no longer kept.", "{n}: la imagen ya no se conserva."),
    "lineage": Text("Lineage", "Procedencia"),
    "lineage_of": Text("{stage}: dataset versions, newest first", "{stage}: versiones de los datos, la última primero"),
    "dataset": Text("dataset version", "versión de los datos"),
    "kept_at": Text("kept", "guardada"),
    "corrections": Text("corrections", "correcciones"),
    "files": Text("raw files", "archivos originales"),
    "elsewhere": Text("not on this site", "no está en esta instalación"),
    "params": Text("Parameters of the candidate", "Parámetros del candidato"),
    "parameter": Text("parameter", "parámetro"),
    "class": Text("class", "clase"),
    "all": Text("all", "todas"),
}

MEASURES: Mapping[str, Text] = {
    "accuracy": Text("accuracy", "exactitud"),
    "balanced accuracy": Text("balanced accuracy", "exactitud equilibrada"),
    "log loss": Text("log loss", "pérdida logarítmica"),
    "Brier score": Text("Brier score", "puntuación de Brier"),
    "ECE": Text("ECE", "ECE"),
    "AUROC": Text("AUROC", "AUROC"),
    "accuracy by patient": Text("accuracy by patient", "exactitud por paciente"),
    "recall": Text("recall", "sensibilidad"),
    "coverage of sets": Text("coverage of sets", "cobertura de los conjuntos"),
    "size of sets": Text("size of sets", "tamaño de los conjuntos"),
    "refused as unfamiliar": Text("refused as unfamiliar", "rechazadas por desconocidas"),
    "rows with known patient": Text("rows with known patient", "filas con paciente conocido"),
    "map peaks inside the lesion's box": Text(
        "map peaks inside the lesion's box", "el máximo del mapa cae dentro de la caja de la lesión"
    ),
    "map's peak cell touches the lesion's box": Text(
        "map's peak cell touches the lesion's box", "la celda máxima del mapa toca la caja de la lesión"
    ),
    "accuracy of slices with a box": Text("accuracy of slices with a box", "exactitud en cortes con caja"),
    "accuracy with the lesion's box erased": Text(
        "accuracy with the lesion's box erased", "exactitud con la caja de la lesión borrada"
    ),
    "accuracy lost by rounding": Text("accuracy lost by rounding weights", "exactitud perdida al redondear los pesos"),
    "loss beyond the chosen way": Text("loss beyond the chosen way", "pérdida respecto a la forma elegida"),
    "log loss by class": Text("log loss by class", "pérdida logarítmica por clase"),
    "log loss by class on permuted labels": Text(
        "log loss by class on permuted labels", "pérdida logarítmica por clase con etiquetas permutadas"
    ),
}
"""The figures of a candidate in words, by the names under which they are kept."""

PATTERNS = (
    (r"accuracy of the surest (.+) of patients", Text("{said}", "exactitud en el {0} más seguro de pacientes")),
    (r"accuracy of (.+) alone", Text("{said}", "exactitud con solo {0}")),
    (r"gain over (.+) alone", Text("{said}", "ganancia sobre solo {0}")),
    (r"p of signal beyond (.+)", Text("{said}", "p de que haya señal más allá de {0}")),
)
"""Figures whose name holds another one."""

GROUPS: Mapping[str, Text] = {
    "class": Text("class", "clase"),
    "source": Text("source", "fuente"),
    "fold": Text("fold", "partición"),
    "model family": Text("model family", "familia de modelos"),
    "network": Text("network", "red"),
    "and": Text(" and ", " y "),
}

WAYS: Mapping[str, Text] = {
    "xgboost": Text("xgboost", "XGBoost"),
    "random-forest": Text("random-forest", "bosque aleatorio"),
    "none": Text("none", "sin corrección"),
    "weights": Text("weights", "pesos por clase"),
    "augment": Text("augment", "filas sintéticas"),
}
"""Families of trees and answers to rare classes, as levels of "model family" name them."""


def measure_words(name: str, part: Callable[[str], str] = str) -> Text:
    """A figure in words; its own name where it has no others. `part` says in Spanish what a name holds of others."""
    if name in MEASURES:
        return MEASURES[name]
    for pattern, said in PATTERNS:
        found = re.fullmatch(pattern, name)
        if found:
            return Text(name, said.es.format(*map(part, found.groups())))
    return Text(name, name)
