"""English sentences of methods."""

TEXTS: dict[str, str] = {
    # survival, districts, coverage
    "lengths_differ": "{names} have different lengths. Every row needs one value of each.",
    "level_outside": "{level} is not between 0 and 1.",
    "share_impossible": "In {count} places the count is below 0 or above its base. Check whether the two were exchanged.",
    "times_impossible": "{count} rows have a time that is missing, below 0, or ends before it was watched. Leave such rows out first and tell how many.",
    # hot spots, rates, scans
    "weights_too_few": "Neighbours need at least {least} areas or points; there are {areas}.",
    "weights_no_shape": "{count} have no shape or coordinates, so their neighbours are unknown. Fill in the place or leave them out.",
    "weights_lengths": "The coordinates differ in number: {areas} of x, {given} of y. Give as many of both.",
    "hot_spots_lengths": "There are {given} values for {areas} areas. Give one value for each area.",
    "hot_spots_gaps": "{count} areas have no value. Fill it in, or leave them out and find the neighbours again.",
    "hot_spots_same": "All areas have the same value, so nothing stands out. Choose another value or period.",
    "hot_spots_sum": "The values sum to 0, so Gi* has no meaning. Choose values above 0, such as counts.",
    "rates_lengths": "There are cases of {cases} areas and people of {population}. Give both for the same areas.",
    "rates_values": "Cases or people of {count} areas are missing or below 0. Check the values.",
    "rates_nobody": "Nobody lives in {count} areas, so they have no rate. Check the population or leave them out.",
    "scan_lengths": "There are cases of {cases} areas, people of {population} and places of {places}, or the periods differ. Give all for the same areas and periods.",
    "scan_share": "The share of people in a circle, {share}, must be above 0 and at most 0.5.",
    "scan_values": "In {count} areas cases, people or coordinates are missing or below 0, or cases are not whole numbers. Check the values.",
    "scan_no_cases": "There are no cases at all. Choose a longer period.",
    "scan_strangers": "{count} areas have cases but nobody living there. Fill in the people or join them to a neighbour.",
    "scan_too_many": "With {areas} areas there are too many circles. Lower the share of people in a circle or take larger areas.",
    # forecasts
    "forecast_empty": "There is nothing to forecast. Give a table with one count for each period.",
    "forecast_gap": "{count} cells are empty. Fill periods without a count with 0; cut off what lies before periods that are not known.",
    "forecast_negative": "The counts of {count} cells are below 0. Check the values.",
    "forecast_season": "A year of {season} periods is impossible. It has to be 1 or more (52 weeks, 12 months).",
    "forecast_horizon": "{horizon} periods ahead cannot be forecast. Give 1 or more.",
    "forecast_short": "There are {periods} periods only. A back-test needs at least {needed}.",
    "forecast_candidate": "'{name}' is not the name of a way to forecast.",
    "forecast_combination": "There is no forecast to take the median of. Choose at least one beside it.",
    "forecast_level": "'{level}' is not a level of this hierarchy. Choose by the columns it was made from.",
    "forecast_series_twice": "Two or more bottom series have the same labels. Add them up first.",
    "forecast_rows": "There are {rows} series, and {needed} at the bottom of the hierarchy. Give one for each, in the same order.",
    "forecast_months": "There are {months} months, and {needed} periods known and ahead. Give one month for each.",
}
