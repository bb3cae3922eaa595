"""The two kinds of table that brain-tumour learns from, as plain data."""

from avicena import TableLayout

SLICES = TableLayout(
    name="slices with patient family and tumour box",
    key="file",
    image="mri",
    needs=("family",),
    labels={"tumour": "tumour"},
    family=("family", "patient"),
    source="source",
    fold="fold",
    box=("box_x", "box_y", "box_w", "box_h"),
    box_point="centre",
)

CLINICAL = TableLayout(
    name="clinical table beside class folders",
    key="Case ID",
    image="mri",
    needs=("Condition", "Treatment"),
    inputs={"age": "Age", "sex": "Sex", "note": "Clinical Note"},
    labels={"tumour": "Condition", "treatment": "Treatment"},
    words={
        "sex": {"F": "female", "M": "male"},
        "tumour": {"Brain Glioma": "glioma", "Brain Meningiomas": "meningioma", "Brain Tumor": "pituitary"},
        "treatment": {"radiation therapy": "radiotherapy", "close monitoring": "monitoring"},
    },
    folders={"tumour": {"brain_glioma": "glioma", "brain_menin": "meningioma", "brain_tumor": "pituitary"}},
)

LAYOUTS = (SLICES, CLINICAL)
