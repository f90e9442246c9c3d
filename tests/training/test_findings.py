"""What a person reads of a row is what the row says."""

from models.concepts import annotate, without_marks
from models.labels import OTHER
from tests.training.test_evaluate import judged
from training.clean import build_dataset
from training.export import Row
from training.findings import confident_errors
from training.mapping import by_column


def test_examples_show_the_words_without_the_marks_of_notions() -> None:
    text = "please reset my password"
    assert without_marks(annotate(text))[1]
    row = Row(2, {"description": text, "label": OTHER})
    data, _ = build_dataset([row], by_column("label"), keep_rare=True)
    [shown] = confident_errors(judged([(OTHER, "password_reset", 0.9, True)]), data)
    assert shown.text == text
