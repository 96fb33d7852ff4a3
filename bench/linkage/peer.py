#!/usr/bin/env python3
"""Splink, stage by stage, as one process: peer.py FILE.parquet OUT_DIR [--predict MODEL.json]

Prints a line of JSON with processor and wall seconds of each stage and the peak of memory. Writes settings.json before it
trains and model.json after; with --predict it only predicts with that model and writes pairs.parquet with the levels.
"""
import json
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

DETERMINISTIC = [block_on("first_name", "surname", "dob"), block_on("email"), block_on("phone", "first_name")]
EM = [block_on("first_name", "surname"), block_on("dob", "substr(postcode,1,2)")]


def settings():
    name = lambda c: cl.JaroWinklerAtThresholds(c, [0.92, 0.88, 0.7]).configure(term_frequency_adjustments=True)
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[name("first_name"), name("surname"), cl.DateOfBirthComparison("dob", input_is_string=True),
                     cl.PostcodeComparison("postcode"), cl.LevenshteinAtThresholds("phone", [1, 2]), cl.EmailComparison("email"),
                     cl.ExactMatch("town").configure(term_frequency_adjustments=True)],
        blocking_rules_to_generate_predictions=[
            block_on("surname", "dob"), block_on("first_name", "dob"), block_on("postcode", "surname"), block_on("postcode", "first_name"),
            block_on("phone"), block_on("email"), block_on("dob", "postcode"), block_on("substr(first_name,1,3)", "substr(surname,1,4)")],
        retain_matching_columns=False, retain_intermediate_calculation_columns=False,
    )


def main():
    file, out = sys.argv[1:3]
    con = duckdb.connect()
    con.execute("set threads=2")
    api = DuckDBAPI(connection=con)
    stages = {}

    def timed(stage, work):
        usage = lambda: (lambda r: r.ru_utime + r.ru_stime)(resource.getrusage(resource.RUSAGE_SELF))
        wall, cpu = time.perf_counter(), usage()
        answer = work()
        stages[stage] = dict(wall=time.perf_counter() - wall, cpu=usage() - cpu)
        return answer

    timed("read", lambda: con.execute(f"create table d as select * from '{file}'"))
    if sys.argv[3:4] == ["--predict"]:
        model = json.load(open(sys.argv[4]))
        model.update(retain_matching_columns=True, retain_intermediate_calculation_columns=True)
        linker = Linker(api.register("d", dataset_display_name="d_in"), model)
        pairs = linker.inference.predict().physical_name
        con.execute(f"copy (select unique_id_l, unique_id_r, match_key, match_weight, columns('gamma_.*') from {pairs}) to '{out}/pairs.parquet'")
        return
    made = settings()
    json.dump(made.get_settings("duckdb").as_dict(), open(f"{out}/settings.json", "w"))
    linker = timed("linker", lambda: Linker(api.register("d", dataset_display_name="d_in"), made))
    timed("prior", lambda: linker.training.estimate_probability_two_random_records_match(DETERMINISTIC, recall=0.75))
    timed("u", lambda: linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1))
    timed("em", lambda: [linker.training.estimate_parameters_using_expectation_maximisation(r, estimate_without_term_frequencies=True) for r in EM])
    blocked = timed("block", lambda: linker.inference.compute_blocked_pairs_for_predict())
    pairs = con.execute(f"select count(*) from {blocked.physical_name}").fetchall()[0][0]
    scored = timed("score", lambda: linker.inference.predict())
    clusters = timed("cluster", lambda: linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=0.95))
    linker.misc.save_model_to_json(f"{out}/model.json", overwrite=True)
    con.execute(f"copy (select unique_id, cluster_id, cluster from {clusters.physical_name}) to '{out}/clusters.parquet'")
    print(json.dumps(dict(stages=stages, pairs=pairs, memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, duckdb=duckdb.__version__)))


main()
