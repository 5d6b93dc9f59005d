"""English sentences of sql: the query process and the SQL desk."""

TEXTS: dict[str, str] = {
    # the text of a query
    "sql_empty": "The query is empty. Write one that begins with SELECT.",
    "sql_too_long": "The query is too long. It may have {limit} characters. Divide or shorten it.",
    "sql_one_statement": "One query runs at a time. Leave only one of the statements divided by semicolons (;).",
    "sql_only_questions": "Only questions run here. Begin with SELECT, WITH, DESCRIBE, SUMMARIZE or EXPLAIN and read the tables of the list only. Statements that change tables or deal with files or settings are not possible.",
    "sql_function": "Line {line}, column {column}: the function {function} cannot be used here. Functions that deal with files, settings or other queries are closed. Read the tables of the list by their names.",
    "sql_table_unknown": "Line {line}, column {column}: there is no table '{table}', or you may not see it. Use the names of the list on the left. Tables you may read: {tables}",
    "sql_syntax": "Line {line}, column {column}: the statement is not understood near '{near}'. Check commas, brackets and quotes. Korean names and names with spaces stand in double quotes (\").",
    "sql_column_unknown": "Line {line}, column {column}: there is no column '{name}'. Similar names: {candidates}. Names with spaces or hyphens stand in double quotes (\"), text values in single quotes (').",
    "sql_function_unknown": "Line {line}, column {column}: there is no function {function}. Check how it is spelled.",
    "sql_group": "Line {line}, column {column}: '{name}' is not grouped by. Put it into GROUP BY or wrap it in an aggregate such as sum or max.",
    "sql_failed": "The query failed (line {line}, column {column}). The database says: {message}",
    "sql_value_missing": "The value of '{name}' is empty. Fill it in above the query and run it again.",
    "sql_value": "'{value}' cannot be read as '{name}' ({kind}). Write days as 2026-06-30 and numbers as 1200.",
    # what is kept
    "sql_title": "The query to be saved has no title. Say what it asks.",
    "sql_saved_missing": "There is no such saved query, or it was removed, or somebody did not share it. Choose one of the list of saved queries.",
    "sql_answer_missing": "There is no such answer. Answers are kept for a day, for whoever asked. Run the query again.",
    "sql_derived_exists": "There is a dataset '{dataset}' already. Choose another id.",
    "sql_derived_truncated": "The answer was cut at a limit and cannot become a dataset. Narrow or group the query until it holds every row.",
    "sql_derived_empty": "The answer has no rows or no columns and cannot become a dataset.",
    # its limits
    "sql_too_wide": "The answer has too many columns; {limit} are possible. Choose the columns you need.",
    "sql_memory": "The query used all the memory it may have. Choose only the columns you need, narrow it with WHERE, and avoid large sorts and joins of everything with everything.",
    "sql_time": "The query did not end within {seconds} seconds and was stopped. Narrow it with WHERE, or group and count before you join.",
    "sql_cancelled": "The query was cancelled. Nothing of it is kept.",
    "sql_ended": "The query went beyond a limit of time or memory and ended halfway. Run it again over less. If it happens again, tell the administrator.",
    "sql_busy": "{most} other queries are running now. Run it again in a moment.",
    "sql_too_often": "One address may ask {most} times a minute. Run it again in {seconds} seconds.",
}
