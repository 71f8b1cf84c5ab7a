"""Who is who by our weights and by splink (Fellegi-Sunter with weights learned by EM), one set.

    pip install splink && python benchmarks/identity.py tests/data/identity/*.txt

Both see the same mentions with names and organisations read by our own rules; splink is given
organisation, department, co-workers, words of the subject and year, and learns its weights from
the cases themselves without labels.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compare

from matcher.linking.evaluation import Case, b_cubed, groups_of, pairwise, read_cases
from matcher.linking.mentions import Subjects, mentions_of

_JOIN = 0.5


def frame(cases: Sequence[Case]) -> pd.DataFrame:
    """One row a mention; names of different cases never meet."""
    rows = []
    for number, case in enumerate(cases):
        subjects = Subjects(case.works)
        mentions = mentions_of(case.works)
        for index, mention in enumerate(mentions):
            own = mention.affiliations[0] if mention.affiliations else None
            beside = {m.name.key for m in mentions if m.work == mention.work} - {mention.name.key}
            rows.append(
                {
                    "unique_id": f"{number}-{index}", "name": f"{number}|{mention.name.sound}",
                    "spelling": mention.name.key, "organisation": own.organisation if own else None,
                    "department": (own.department or None) if own else None,
                    "beside": sorted(beside), "words": sorted(subjects.of([mention.work])),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def linked(cases: Sequence[Case]) -> list[tuple[list[str], list[int]]]:
    """The labels and groups of every case, joined by splink."""
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[block_on("name")],
        comparisons=[
            compare.ExactMatch("spelling"), compare.ExactMatch("organisation"),
            compare.JaroWinklerAtThresholds("department", [0.8]),
            compare.ArrayIntersectAtSizes("beside", [2, 1]),
            compare.ArrayIntersectAtSizes("words", [4, 2, 1]),
        ],
    )  # fmt: skip
    database = DuckDBAPI()
    linker = Linker(database.register(frame(cases)), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    pairs = linker.inference.predict(threshold_match_probability=0.01)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, _JOIN)
    group = dict(clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]].to_numpy())
    codes = {name: code for code, name in enumerate(sorted(set(group.values())))}
    found = []
    for number, case in enumerate(cases):
        mentions = mentions_of(case.works)
        asked = [i for i, m in enumerate(mentions) if (m.work, m.place) in case.labels]
        labels = [case.labels[mentions[i].work, mentions[i].place] for i in asked]
        found.append((labels, [codes[group[f"{number}-{i}"]] for i in asked]))
    return found


def main() -> None:
    """Print both side by side."""
    cases = [case for path in sys.argv[1:] for case in read_cases(path)]
    for name, found in (("ours", [groups_of(case) for case in cases]), ("splink", linked(cases))):
        cubed, pairs = b_cubed(found), pairwise(found)
        print(
            f"{name:7} B-cubed P {cubed.precision:.3f} R {cubed.recall:.3f} F1 {cubed.f1:.3f}   "
            f"pairs P {pairs.precision:.3f} R {pairs.recall:.3f} F1 {pairs.f1:.3f}"
        )


if __name__ == "__main__":
    main()
