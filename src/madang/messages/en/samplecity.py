"""English sentences of the sample city."""

TEXTS: dict[str, str] = {
    "sample_folder_taken": "There is something else in '{path}'. Give an empty folder.",
    "sample_other_city": "'{path}' holds a city made with another setting (seed {seed}, scale {scale}, until {until}). Give another folder, or delete that one.",
    "sample_scale": "The scale has to be between {low} and {high}: {given}",
    "sample_building": "Making the city: {label} ({done}/{steps})",
    "sample_writing": "Writing files: {label} ({done}/{steps})",
    "sample_made": "Made a made-up city: {path} · first delivery {first} files, a month later {second} files · {defects} planted defects · {seconds} s",
    "sample_there": "The city is there already: {path} · {defects} planted defects",
    "sample_depositing": "Depositing delivery {part}: {files} files",
    "sample_deposited": "Deposited: {datasets} datasets · {rows} rows · {problems} problems · {refused} refused · {seconds} s",
    "sample_name": "{name} (sample)",
    "score_rule": "rule",
    "score_planted": "planted",
    "score_found": "found",
    "score_extra": "besides",
    "score_sum": "{planted} planted defects, {reported} reported problems · recall {recall}, precision {precision}",
    "score_missed": "Missed: {file} row {row} {rule}",
    "score_extra_row": "Reported but not planted: {file} row {row} {rule}",
    "feed_serving": "Serving live values: http://127.0.0.1:{port} (seed {seed}) · /rain /river /traffic /parking · the truth is at /truth · Ctrl+C ends it",
    "feed_ended": "The live feed has ended.",
    "feed_port": "Cannot listen on port {port} ({error}). Give another one with `--port`.",
}
