"""Source files of a knowledge of eight terms and three diseases, as people write them."""

OBO = """format-version: 1.2
data-version: hp/releases/2024-01-01

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000118
name: Phenotypic abnormality
is_a: HP:0000001 ! All

[Term]
id: HP:0001250
name: Seizure
alt_id: HP:0001303
synonym: "Epilepsy" RELATED layperson []
synonym: "Fit \\"so called\\"" EXACT [PMID:1]
synonym: "Seizures" EXACT plural_form []
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0002197
name: Generalized seizure
is_a: HP:0001250 ! Seizure

[Term]
id: HP:0000252
name: Microcephaly
is_a: HP:0000118

[Term]
id: HP:0000057
name: obsolete Clitoromegaly
is_obsolete: true
replaced_by: HP:0000252

[Term]
id: HP:0000489
name: obsolete Abnormality of globe location or size
is_obsolete: true
consider: HP:0001250
consider: HP:0000252

[Term]
id: HP:0000490
name: obsolete One that two replace
is_obsolete: true
replaced_by: HP:0001250
replaced_by: HP:0000252

[Term]
id: HP:0003577
name: Congenital onset
is_a: HP:0000001

[Term]
id: HP:0000007
name: Autosomal recessive inheritance
is_a: HP:0000001

[Typedef]
id: part_of
name: part of
"""
COLUMNS = "database_id disease_name qualifier hpo_id reference evidence onset frequency sex modifier aspect biocuration"
HEAD = "#description: toy\n#version: 2024-02-02\n" + COLUMNS.replace(" ", "\t") + "\n"
ROWS = [
    "OMIM:1\tFirst\t\tHP:0002197\tPMID:1\tPCS\tHP:0003577\t9/10\t\t\tP\tx",
    "OMIM:1\tFirst\t\tHP:0002197\tPMID:2\tPCS\t\t1/10\tMALE\t\tP\tx",
    "OMIM:2\tSecond\t\tHP:0000252\tPMID:1;PMID:7\tPCS\t\t\t\t\tP\tx",
    "OMIM:2\tSecond\tNOT\tHP:0001250\tPMID:1\tPCS\t\t\t\t\tP\tx",
    "OMIM:2\tSecond\t\tHP:0000007\tPMID:1\tPCS\t\t\t\t\tI\tx",
    "ORPHA:3\tThird\t\tHP:0001303\tORPHA:3\tTAS\t\tHP:0040282\t\t\tP\tx",
    "ORPHA:3\tThird\t\tHP:0000489\tORPHA:3\tTAS\t\tHP:0040282\t\t\tP\tx",
    "ORPHA:3\tThird\t\tHP:9999999\tORPHA:3\tTAS\t\tHP:0040282\t\t\tP\tx",
]
HPOA = HEAD + "\n".join(ROWS) + "\n"
MATCHES = """#mapping_set_id: toy
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label
MONDO:1\tsecond\tskos:exactMatch\tOMIM:2\tsecond
MONDO:1\tsecond\tskos:exactMatch\tOrphanet:3\tthird
MONDO:1\tsecond\tskos:exactMatch\tICD10CM:Q02\tthird
MONDO:2\tfirst\tskos:closeMatch\tOMIM:1\tfirst
"""
EDGES = """id\tsubject\tpredicate\tobject\trelation
1\tMONDO:1\tbiolink:subclass_of\tMONDO:9\trdfs:subClassOf
"""
BABELON_HEAD = (
    "source_language\ttranslation_language\tsubject_id\tsource_value\tpredicate_id\ttranslation_value"
    "\ttranslation_status\n"
)
BABELON = f"""{BABELON_HEAD}en\tes\tHP:0001250\tSeizure\trdfs:label\tCrisis epiléptica\tOFFICIAL
en\tes\tHP:0000252\tSmall head\trdfs:label\tMicrocefalia\tCANDIDATE
en\tes\tHP:0000252\tMicrocephaly\tIAO:0000115\tCabeza pequeña\tOFFICIAL
en\tes\tHP:0002197\tGeneralized seizure\trdfs:label\t\tNOT_TRANSLATED
"""
