"""Names that the tests of the API share."""

from __future__ import annotations

import made_up_bank

SECRET = "새빛시-주민등록인구"  # restricted to 총무과
PARKING = made_up_bank.PARKING
POST = "총무과 인구"
