"""What becomes of rows is told."""

from training.clean import build_dataset
from training.export import Row
from training.mapping import by_column


def test_rows_of_rare_labels_are_taken_as_other_and_counted() -> None:
    texts = [(f"{name} {'x' * at}y", name) for at, name in enumerate(["often"] * 9 + ["seldom"] * 2)]
    rows = [Row(at, {"description": text, "label": name}) for at, (text, name) in enumerate(texts, 2)]
    data, tally = build_dataset(rows, by_column("label"), keep_rare=False)
    assert sorted(set(data.labels.tolist())) == ["often", "other"]
    assert "2 of labels with fewer than 8 rows, taken as other" in tally.sentence()
