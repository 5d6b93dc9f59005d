"""Header rows as their publishers write them: per standard every generation, and rows of tables that follow none.

From the forms of the public data portal (표준데이터), the files of the ministries (2025–26), their open APIs and the files
that statistics offices hand out.
"""

from __future__ import annotations

_PROVIDER = ", 데이터기준일자, 제공기관코드, 제공기관명"
_UPDATES = ", 데이터갱신구분, 데이터갱신시점, 최종수정시점"
ASOS_DAY = """지점, 지점명, 일시, 평균기온(°C), 최저기온(°C), 최저기온 시각(hhmi), 최고기온(°C), 최고기온 시각(hhmi), 강수 계속시간(hr),
10분 최다 강수량(mm), 일강수량(mm), 최대 순간 풍속(m/s), 평균 풍속(m/s), 평균 상대습도(%), 평균 현지기압(hPa), 합계 일조시간(hr),
합계 일사량(MJ/m2), 평균 전운량(1/10), 9-9강수(mm), 기사"""
ASOS_HOUR = """지점, 지점명, 일시, 기온(°C), 기온 QC플래그, 강수량(mm), 강수량 QC플래그, 풍속(m/s), 풍향(16방위), 습도(%), 증기압(hPa),
이슬점온도(°C), 현지기압(hPa), 해면기압(hPa), 일조(hr), 일사(MJ/m2), 적설(cm), 전운량(10분위), 시정(10m), 지면온도(°C)"""
FEES = """시도, 시군구, 읍면, 동리, 단지코드, 단지명, 발생년월(YYYYMM), 공용관리비계, 인건비, 제사무비, 제세공과금, 피복비, 교육훈련비,
차량유지비, 그밖의부대비용, 청소비, 경비비, 소독비, 승강기유지비, 지능형네트워크유지비, 수선비, 시설유지비, 안전점검비, 재해예방비,
위탁관리수수료, 개별사용료계, 난방비(공용), 난방비(전용), 급탕비(공용), 급탕비(전용), 가스사용료(공용), 가스사용료(전용),
전기료(공용), 전기료(전용), 수도료(공용), 수도료(전용), TV수신료, 정화조오물수수료, 생활폐기물수수료, 입대의운영비, 건물보험료,
선관위운영비, 기타, 장충금 월부과액, 장충금 월사용액, 장충금 총적립금액, 장충금 적립률, 잡수입 월수입금액"""
AGES = ", ".join(f"{age}~{age + 4}세" for age in range(0, 100, 5))
PRESENT = ", ".join(
    f"{sex}{ages}생활인구수"
    for sex in ("남자", "여자")
    for ages in ("0세부터9세", *(f"{age}세부터{age + 4}세" for age in range(10, 70, 5)), "70세이상")
)
SIZES = ", ".join(f"{n}인세대" for n in range(1, 10))

# standard -> header rows, each with the headers that the standard does not know (kept as they are)
FORMS: dict[str, list[str]] = {
    "building": [
        """건물관리번호, 법정동코드, 소재지도로명주소, 소재지지번주소, 건물명, 동명칭, 주용도, 지상층수, 지하층수, 건축면적(㎡),
        연면적(㎡), 세대수, 사용승인일, X좌표, Y좌표, 데이터기준일자"""
    ],
    "elevation": ["X, Y, Z"],
    "candidate-site": [
        "후보지번호, 토지명, 소유구분, 지목, 면적(㎡), 용도지역, 소재지, PNU, 공시지가(원/㎡), 현재이용상태, 관리부서, 위도, 경도, 데이터기준일자",
    ],
    "park-inspection": ["연번, 공원관리번호, 공원명, 시설물명, 점검일자, 점검결과, 조치내용, 점검부서"],
    "library": [
        """lbrryNm, ctprvnNm, signguNm, lbrrySe, closeDay, weekdayOperOpenHhmm, weekdayOperColseHhmm, satOperOperOpenHhmm,
        satOperCloseHhmm, holidayOperOpenHhmm, holidayCloseOpenHhmm, seatCo, bookCo, pblictnCo, noneBookCo, lonCo, lonDaycnt,
        rdnmadr, operInstitutionNm, phoneNumber, plotAr, buldAr, homepageUrl, latitude, hardness, referenceDate, insttCode"""
    ],
    "parking": [
        """prkplceNo, prkplceNm, prkplceSe, prkplceType, rdnmadr, lnmadr, prkcmprt, feedingSe, enforceSe, operDay,
        weekdayOperOpenHhmm, weekdayOperColseHhmm, satOperOperOpenHhmm, satOperCloseHhmm, holidayOperOpenHhmm,
        holidayCloseOpenHhmm, parkingchrgeInfo, basicTime, basicCharge, addUnitTime, addUnitCharge, dayCmmtktAdjTime, dayCmmtkt,
        monthCmmtkt, metpay, spcmnt, institutionNm, phoneNumber, latitude, longitude, pwdbsPpkZoneYn, referenceDate, insttCode"""
    ],
    "public-toilet": [
        """OPN_ATMY_GRP_CD, MNG_NO, SE_NM, RSTRM_NM, LCTN_ROAD_NM_ADDR, LCTN_LOTNO_ADDR, MALE_TOILT_CNT, MALE_URNL_CNT,
        MALE_FRDBL_TOILT_CNT, MALE_FRDBL_URNL_CNT, MALE_CHLD_TOILT_CNT, MALE_CHLD_URNL_CNT, FEMALE_TOILT_CNT,
        FEMALE_FRDBL_TOILT_CNT, FEMALE_CHLD_TOILT_CNT, MNG_INST_NM, TELNO, OPN_HR, OPN_HR_DTL, INSTL_YM, EMRGNCBLL_INSTL_YN,
        RSTRM_ENTRAN_CCTV_INSTL_EN, DIAP_EXCHCON_EN, DAT_CRTR_YMD, DAT_UPDT_SE, DAT_UPDT_PNT, LAST_MDFCN_PNT"""
    ],
    "licence": [
        """OPN_ATMY_GRP_CD, MNG_NO, DAT_UPDT_SE, DAT_UPDT_PNT, LCPMT_YMD, LCPMT_RTRCN_YMD, SALS_STTS_CD, SALS_STTS_NM,
        DTL_SALS_STTS_CD, DTL_SALS_STTS_NM, CLSBIZ_YMD, TCBIZ_BGNG_YMD, TCBIZ_END_YMD, ROBIZ_YMD, TELNO, LCTN_AREA, LCTN_ZIP,
        LOTNO_ADDR, ROAD_NM_ADDR, ROAD_NM_ZIP, BPLC_NM, LAST_MDFCN_PNT, BZSTAT_SE_NM, CRD_INFO_X, CRD_INFO_Y""",
        """opnSvcNm, opnSvcId, opnSfTeamCode, mgtNo, apvPermYmd, apvCancelYmd, trdStateGbn, trdStateNm, dtlStateGbn, dtlStateNm,
        dcbYmd, clgStdt, clgEnddt, ropnYmd, siteTel, siteArea, sitePostNo, siteWhlAddr, rdnWhlAddr, rdnPostNo, bplcNm,
        lastModTs, updateGbn, updateDt, uptaeNm, x, y""",
    ],
    "free-wifi": [
        """관리번호, 설치장소명, 설치장소상세, 설치시도명, 설치시군구명, 설치시설구분명, 서비스제공사명, 와이파이SSID, 설치연월,
        소재지도로명주소, 소재지지번주소, 관리기관명, 관리기관전화번호, WGS84위도, WGS84경도, 데이터기준일자""",
        """설치장소명, 설치장소상세, 설치시도명, 설치시군구명, 설치시설구분, 서비스제공사명, 와이파이SSID, 설치년월, 소재지도로명주소,
        소재지지번주소, 관리기관명, 관리기관전화번호, 위도, 경도, 데이터기준일자, 제공기관코드, 제공기관명""",
        """OPN_ATMY_GRP_CD, MNG_NO, INSTL_PLC_NM, INSTL_PLC_DTL, INSTL_CTPV_NM, INSTL_SGG_NM, INSTL_FCLT_SE_NM, SRVC_PROV_NM,
        WIFI_SSID, INSTL_YM, LCTN_ROAD_NM_ADDR, LCTN_LOTNO_ADDR, MNG_INST_NM, MNG_INST_TELNO, WGS84_LAT, WGS84_LOT,
        DAT_CRTR_YMD""",
    ],
    "cctv": [
        """개방자치단체코드, 관리번호, 관리기관명, 소재지도로명주소, 소재지지번주소, 설치목적구분, 카메라대수, 카메라화소수, 촬영방면정보,
        보관일수, 설치연월, 관리기관전화번호, WGS84위도, WGS84경도, 데이터기준일자""" + _UPDATES,
        """관리기관명, 소재지도로명주소, 소재지지번주소, 설치목적구분, 카메라대수, 카메라화소수, 촬영방면정보, 보관일수, 설치년월,
        관리기관전화번호, 위도, 경도""" + _PROVIDER,
        """OPN_ATMY_GRP_CD, MNG_NO, MNG_INST_NM, LCTN_ROAD_NM_ADDR, LCTN_LOTNO_ADDR, INSTL_PRPS_SE_NM, CAM_CNTOM, CAM_PIXEL_CNT,
        SHT_ANGLE_INFO, KPNG_DAY_CNT, INSTL_YM, MNG_INST_TELNO, WGS84_LAT, WGS84_LOT, DAT_CRTR_YMD""",
        "연번, 설치목적구분, 소재지도로명주소, 카메라대수, 위도, 경도, 관리기관명, 데이터기준일자",
    ],
    "child-zone": [
        """시설종류, 대상시설명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 관리기관명, 관할경찰서명, CCTV설치여부, CCTV설치대수,
        보호구역도로폭""" + _PROVIDER,
        """fcltyKnd, trgetFcltyNm, rdnmadr, lnmadr, latitude, longitude, institutionNm, cmptncPolcsttnNm, cctvYn, cctvNumber,
        prtcareaRw, referenceDate, insttCode""",
    ],
    "city-park": [
        """관리번호, 공원명, 공원구분, 소재지도로명주소, 소재지지번주소, 위도, 경도, 공원면적, 공원보유시설(운동시설), 공원보유시설(유희시설),
        공원보유시설(편익시설), 공원보유시설(교양시설), 공원보유시설(기타시설), 지정고시일, 관리기관명, 전화번호""" + _PROVIDER,
        """manageNo, parkNm, parkSe, rdnmadr, lnmadr, latitude, longitude, parkAr, mvmFclty, amsmtFclty, cnvnncFclty, cltrFclty,
        etcFclty, appnNtfcDate, institutionNm, phoneNumber, referenceDate, insttCode""",
    ],
    "traditional-market": [
        """시장명, 시장유형, 소재지도로명주소, 소재지지번주소, 시장개설주기, 위도, 경도, 점포수, 취급품목, 사용가능상품권, 홈페이지주소,
        공중화장실보유여부, 주차장보유여부, 개설연도, 전화번호""" + _PROVIDER,
        """mrktNm, mrktType, rdnmadr, lnmadr, mrktEstblCycle, latitude, longitude, storNumber, trtmntPrdlst, useGcct, homepageUrl,
        pblicToiletYn, prkplceYn, estblYear, phoneNumber, referenceDate, insttCode""",
    ],
    "festival": [
        """축제명, 개최장소, 축제시작일자, 축제종료일자, 축제내용, 주관기관명, 주최기관명, 후원기관명, 전화번호, 홈페이지주소, 관련정보,
        소재지도로명주소, 소재지지번주소, 위도, 경도""" + _PROVIDER,
        """fstvlNm, opar, fstvlStartDate, fstvlEndDate, fstvlCo, mnnstNm, auspcInsttNm, suprtInsttNm, phoneNumber, homepageUrl,
        relateInfo, rdnmadr, lnmadr, latitude, longitude, referenceDate, instt_code, instt_nm""",
    ],
    "civil-defence-shelter": [
        """개방자치단체코드, 관리번호, 지정일자, 해제일자, 운영상태, 시설명, 시설구분, 도로명전체주소, 소재지전체주소, 도로명우편번호,
        시설위치(지상/지하), 시설면적(㎡), 최대수용인원, 최종수정시점, 데이터갱신구분, 데이터갱신시점, 위도(도), 위도(분), 위도(초),
        경도(도), 경도(분), 경도(초), 위도(EPSG4326), 경도(EPSG4326), 좌표정보X(EPSG5179), 좌표정보Y(EPSG5179)""",
        """OPN_ATMY_GRP_CD, MNG_NO, DSGN_YMD, RMV_YMD, OPER_STTS, FCLT_NM, FCLT_SE, ROAD_NM_WHOL_ADDR, LCTN_WHOL_ADDR, ROAD_NM_ZIP,
        FCLTLOC_GRND_UDGD, FCLT_AREA, MAX_ACTC_PERNE, LAST_MDFCN_PNT, DAT_UPDT_SE, DAT_UPDT_PNT, LAT_DEGR, LAT_MINT, LAT_SEC,
        LOT_DEGR, LOT_MINT, LOT_SEC, LAT_EPSG4326, LOT_EPST4326, CRD_INFO_X_EPSG5179, CRD_INFO_Y_EPSG5179""",
    ],
    "security-light": [
        "보안등위치명, 설치개수, 소재지도로명주소, 소재지지번주소, 위도, 경도, 설치연도, 설치형태, 관리기관전화번호, 관리기관명"
        + _PROVIDER,
        """lmpLcNm, installationCo, rdnmadr, lnmadr, latitude, longitude, installationYear, installationType, phoneNumber,
        institutionNm, referenceDate, insttCode, insttNm""",
    ],
    "museum": [
        """시설명, 박물관미술관구분, 소재지도로명주소, 소재지지번주소, 위도, 경도, 운영기관전화번호, 운영기관명, 운영홈페이지, 편의시설정보,
        평일관람시작시각, 평일관람종료시각, 공휴일관람시작시각, 공휴일관람종료시각, 휴관정보, 어른관람료, 청소년관람료, 어린이관람료,
        관람료기타정보, 박물관미술관소개, 교통안내정보, 관리기관전화번호, 관리기관명, 데이터기준일자""",
        """fcltyNm, fcltyType, rdnmadr, lnmadr, latitude, longitude, operPhoneNumber, operInstitutionNm, homepageUrl, fcltyInfo,
        weekdayOperOpenHhmm, weekdayOperColseHhmm, holidayOperOpenHhmm, holidayCloseOpenHhmm, rstdeInfo, adultChrge,
        yngbgsChrge, childChrge, etcChrgeInfo, fcltyIntrcn, trnsportInfo, phoneNumber, institutionNm, referenceDate""",
    ],
    "civil-kiosk": [
        """개방자치단체코드, 관리번호, 관리기관명, 발급기명, 설치장소주소, 설치장소상세위치, 평일운영시작시각, 평일운영종료시각,
        공휴일운영시작시각, 공휴일운영종료시각, 운영시간참고내용, 설치운영URL, 사용여부명, 장애인편의기능정보, 시각장애인용키패드,
        시각장애인용음성안내, 청각장애인용화면안내, 점자라벨부착, 이어폰소켓, 촉각(전자)모니터, 화면확대기능, 휠체어사용자조작, 최종수정시점,
        데이터갱신구분, 데이터갱신시점, 시도코드, 설치장소위치, 도로시군구코드, 도로코드, 도로명읍면동번호, 도로건물층구분, 도로건물본번호,
        도로건물부번호, 등기사항증명서발급구분, 가족관계삭제발급구분""",
    ],
    "no-smoking-area": [
        """prhsmkNm, prhsmkScopeDesc, prhsmkSe, prhsmkAr, prhsmkAppnBasis, ffnlg, phoneNumber, ctprvnNm, signguNm, rdnmadr, lnmadr,
        institutionNm, latitude, longitude, referenceDate""",
        "금연구역명, 시도명, 시군구명, 금연구역구분, 금연구역면적, 위반과태료, 소재지도로명주소, 소재지지번주소, 관리기관명, 위도, 경도"
        + _PROVIDER,
    ],
    "lifelong-course": [
        """강좌명, 강사명, 교육시작일자, 교육종료일자, 교육시작시각, 교육종료시각, 강좌내용, 교육대상구분, 교육방법구분, 운영요일, 교육장소,
        강좌정원수, 수강료, 교육장도로명주소, 운영기관명, 운영기관전화번호, 접수시작일자, 접수종료일자, 접수방법구분, 선정방법구분, 홈페이지주소,
        직업능력개발훈련비지원강좌여부, 학점은행제평가(학점)인정여부, 평생학습계좌제평가인정여부, 데이터기준일자""",
        """lctreNm, instrctrNm, edcStartDay, edcEndDay, edcStartTime, edcColseTime, lctreCo, edcTrgetType, edcMthType, operDay,
        edcPlace, psncpa, lctreCost, edcRdnmadr, operInstitutionNm, operPhoneNumber, rceptStartDate, rceptEndDate, rceptMthType,
        slctnMthType, homepageUrl, oadtCtLctreYn, pntBankAckestYn, lrnAcnutAckestYn, referenceDate, instt_code""",
    ],
    "women-safety-house": [
        """점포명, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 여성안심지킴이집전화번호, 관할경찰서명, 지정연도,
        운영여부""" + _PROVIDER,
        """storNm, ctprvnNm, signguNm, signguCode, rdnmadr, lnmadr, latitude, longitude, phoneNumber, cmptncPolcsttnNm, appnYear,
        useYn, referenceDate, insttCode, insttNm""",
    ],
    "parcel-locker": [
        """시설명, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 평일운영시작시각, 평일운영종료시각,
        토요일운영시작시각, 토요일운영종료시각, 공휴일운영시작시각, 공휴일운영종료시각, 무료이용시간, 연체료부과단위시간, 연체료,
        제어방식구분코드, 사용방법설명, 택배함종류코드, 칸개수, 칸깊이, 칸너비, 칸높이, 설치일자, 고객센터전화번호, 관리기관명,
        관리기관전화번호""" + _PROVIDER,
        """fcltyNm, ctprvnNm, signguNm, signguCode, rdnmadr, lnmadr, latitude, longitude, weekdayOperOpenHhmm, weekdayOperColseHhmm,
        satOperOperOpenHhmm, satOperCloseHhmm, holidayOperOpenHhmm, holidayCloseOpenHhmm, freeUseTime, arrsUnitTime, arrs,
        ctrlMthdCode, useRecovryMthDc, hdryboxKnd, boxCo, boxDp, boxBt, boxHg, instlDate, cstmrCnterPhoneNumber, institutionNm,
        institutionPhoneNumber, referenceDate, insttCode, insttNm""",
    ],
    "smart-streetlight": [
        """스마트가로등유형, 시도명, 시군구명, 도로명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 스마트가로등형태, 점등상태여부, 센서종류,
        센싱정보서비스, CCTV유무, WiFi유무, GPS수신기유무, 비콘유무, 조명제어여부, 위급상황신고가능여부, 앱서비스명, 앱서비스제공내용,
        기타서비스, 설치연도, 관리기관명, 관리기관전화번호""" + _PROVIDER,
        """streetLampType, ctprvnNm, signguNm, roadNm, rdnmadr, lnmadr, latitude, longitude, streetLampStle, lghtUsgsttYn,
        sensorKnd, sensingInfoSvc, cctvYn, wifiYn, gpsYn, beaconYn, lghtCtrlYn, emrgncSttemntPosblYn, appSvcNm, appSvcCn, etcSvc,
        installationYear, institutionNm, phoneNumber, referenceDate, insttCode, insttNm""",
    ],
    "trash-bin": [
        """설치장소명, 시도명, 시군구명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 세부위치, 휴지통종류, 관리기관명,
        관리기관전화번호""" + _PROVIDER,
        """INSTL_PLC_NM, CTPV_NM, SGG_NM, LCTN_ROAD_NM, LCTN_LOTNO_ADDR, LAT, LOT, ACTL_PSTN, TRASH_CAN_KND, MNG_INST_NM,
        MNG_INST_TELNO, CRTR_YMD, instt_code""",
    ],
    "bike-rack": [
        """자전거보관소명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 보관대수, 설치연도, 설치형태, 차양막설치여부, 공기주입기비치여부,
        공기주입기유형, 수리대설치여부, 관리기관전화번호, 관리기관명""" + _PROVIDER,
    ],
    "heat-shelter": [
        """쉼터명, 법정동명, 쉼터유형구분, 운영시작일자, 운영종료일자, 시설면적, 이용가능인원수, 선풍기보유대수, 에어컨보유대수,
        야간연장운영여부, 주말운영여부, 숙박가능여부, 특이사항, 소재지도로명주소, 소재지지번주소, 관리기관명, 관리기관전화번호, 위도,
        경도""" + _PROVIDER,
        """shltrNm, legaldongNm, shltrType, operOpenDate, operCloseDate, fcltyAr, aceptncPosblCo, fanHoldCo, arcndtnHoldCo,
        nightExtnYn, wkendUseYn, stayngYn, partclr, rdnmadr, lnmadr, institutionNm, phoneNumber, latitude, hardness, referenceDate""",
        "시설년도, 위치코드, 시설구분1, 시설구분2, 쉼터명칭, 도로명주소, 지번주소, 시설면적, 이용가능인원, 비고, 경도, 위도",
    ],
    "earthquake-shelter": [
        "지진옥외대피장소명, 시도명, 시군구명, 소재지지번주소, 위도, 경도, 지진옥외대피장소면적, 최대수용인원수, 관리기관명, 관리기관전화번호"
        + _PROVIDER,
    ],
    "public-facility": [
        """개방시설명, 개방장소명, 개방시설유형구분, 휴관일, 평일운영시작시각, 평일운영종료시각, 주말운영시작시각, 주말운영종료시각, 유료사용여부,
        사용기준시간, 사용료, 초과사용단위시간, 초과사용료, 수용가능인원수, 면적, 부대시설정보, 신청방법구분, 시설사진정보, 소재지도로명주소,
        소재지지번주소, 관리기관명, 담당부서명, 사용안내전화번호, 홈페이지주소, 위도, 경도""" + _PROVIDER,
        """openFcltyNm, openLcNm, openFcltyType, rstde, weekdayOperOpenHhmm, weekdayOperColseHhmm, wkendOperOpenHhmm,
        wkendOperCloseHhmm, pchrgUseYn, useStdrTime, rntfee, excessUseUnitTime, excessRntfee, aceptncPosblCo, ar, etcFclty,
        sbscrptnMthSe, fcltyPicInfo, rdnmadr, lnmadr, institutionNm, chrgDeptNm, phoneNumber, homepageUrl, latitude, longitude,
        referenceDate, insttCode, insttNm""",
    ],
    "emergency-bell": [
        """OPN_ATMY_GRP_CD, MNG_NO, SFTY_EMRGNCBLL_MNG_NO, INSTL_PRPS, INSTL_PLC_TYPE, INSTL_PSTN, LCTN_ROAD_NM_ADDR,
        LCTN_LOTNO_ADDR, WGS84_LAT, WGS84_LOT, LINK_MTH, POLC_LINK_EN, SECCO_LINK_EN, MNGOFC_LINK_EN, EXTRA_FWK,
        SFTY_EMRGNCBLL_INSTL_YR, LAST_CHCK_YMD, LAST_CHCK_RSLT_SE, MNG_INST_NM, MNG_INST_TELNO, DAT_CRTR_YMD, DAT_UPDT_SE,
        DAT_UPDT_PNT, LAST_MDFCN_PNT""",
    ],
    "shops": [
        """상가업소번호, 상호명, 지점명, 상권업종대분류코드, 상권업종대분류명, 상권업종중분류코드, 상권업종중분류명, 상권업종소분류코드,
        상권업종소분류명, 표준산업분류코드, 표준산업분류명, 시도코드, 시도명, 시군구코드, 시군구명, 행정동코드, 행정동명, 법정동코드, 법정동명,
        지번코드, 대지구분코드, 대지구분명, 지번본번지, 지번부번지, 지번주소, 도로명코드, 도로명, 건물본번지, 건물부번지, 건물관리번호, 건물명,
        도로명주소, 구우편번호, 신우편번호, 동정보, 층정보, 호정보, 경도, 위도""",
    ],
    "apartment-fee": [FEES, FEES.replace("위탁관리수수료, ", "위탁관리수수료, 관리비구분, 신설항목, ")],
    "weather-daily": [
        ASOS_DAY,
        "날짜, 지점, 평균기온(℃), 최저기온(℃), 최고기온(℃)",
        "stnId, stnNm, tm, avgTa, minTa, minTaHrmt, maxTa, maxTaHrmt, sumRn, maxInsWs, avgWs, avgRhm, avgPa, sumSsHr, sumGsr",
    ],
    "weather-hourly": [ASOS_HOUR, "stnId, stnNm, tm, ta, taQcflg, rn, ws, wd, hm, pv, td, pa, ps, ss, icsr, dsnw, ts"],
    "bus-stop": [
        "표준ID, ARS-ID, 정류장명, X좌표, Y좌표, 비고",
        "정류장번호, 정류장명, 위도, 경도, 정보수집일, 모바일단축번호, 도시코드, 도시명, 관리도시명",
        "NODE_ID, ARS_ID, 정류소명, X좌표, Y좌표, 정류소타입",
    ],
    "legal-dong-code": ["법정동코드, 법정동명, 폐지여부"],
    "dong-relation": ["행정동코드, 시도명, 시군구명, 읍면동명, 법정동코드, 동리명, 생성일자, 말소일자"],
    "road-address": [
        """도로명주소관리번호, 법정동코드, 시도명, 시군구명, 읍면동명, 리명, 산여부, 번지, 호, 도로명코드, 도로명, 지하여부, 건물본번,
        건물부번, 행정동코드, 행정동명, 기초구역번호(우편번호), 이전도로명주소, 효력발생일, 공동주택구분, 이동사유코드,
        건축물대장건물명, 시군구용건물명, 비고"""
    ],
    "area-centre": ["SERIAL, ADMCD, ADMNM, X, Y"],
    "epidemic-daily": ["date, confirmed, death, released, tested, negative, critical"],
    "apartment": [
        """번호, 아파트코드, 아파트명, 단지분류(아파트/주상복합등등), 주소(시도)k-apt주소split, 주소(시군구), 주소(읍면동), 복도유형, 난방방식,
        전체동수, 전체세대수, 시공사, 준공일, 준공연월일, kapt도로명주소, 연면적, 주거전용면적, 관리비부과면적, 전용면적별세대현황(60㎡이하),
        전용면적별세대현황(60㎡~85㎡이하), 85㎡~135㎡이하, 135㎡초과, 건축면적, 주차대수, 좌표X, 좌표Y""",
        "시도, 시군구, 읍면, 동리, 단지코드, 단지명, 단지분류, 법정동주소, 도로명주소, 분양형태, 사용승인일, 동수, 세대수, 관리방식, 난방방식, 복도유형",
    ],
    "commercial-area": [
        "기준_년월_코드, 상권_구분_코드, 상권_구분_코드_명, 상권_코드, 상권_코드_명, 엑스좌표_값, 와이좌표_값, 시군구_코드, 행정동_코드, 형태정보",
        "상권_구분_코드, 상권_구분_코드_명, 상권_코드, 상권_코드_명, 엑스좌표_값, 와이좌표_값, 자치구_코드, 자치구_코드_명, 행정동_코드, 행정동_코드_명, 영역_면적",
    ],
    "district-shops": ["지역, 분기, 전체 점포수, 프랜차이즈 점포수, 일반 점포수"],
    "district-turnover": ["지역, 분기, 개업수, 폐업수, 개업률, 폐업률"],
    "district-people": ["지역, 분기, 길단위 유동인구, 주거 인구, 직장 인구"],
    "households-by-size": [
        f"기간, 자치구, 행정동, 전체세대수, {SIZES}, 10인세대 이상",
        "행정기관코드, 행정기관, 2023년12월_전체세대, "
        + ", ".join(f"2023년12월_{n}인세대" for n in range(1, 10))
        + ", 2023년12월_10인세대 이상",
    ],
    "population-by-nationality": [f"기간, 자치구, 동, 구분, 계, {AGES}, 100세 이상+"],
    "vital-events": [
        "자치구, 행정동, 성별, " + ", ".join(f"{year}년_{event}" for year in (2024, 2025) for event in ("출생", "사망", "전입", "전출")),
        "행정동, 2024년_출생, 2024년_사망, 2025년_출생, 2025년_사망",
    ],
    "migration": ["연도, 전출행정동코드, 전출행정동명, 전입행정동코드, 전입행정동명, 성별, 이동자수"],
    "grid-population": [
        "격자코드, 격자X, 격자Y, 총인구수, 유소년인구수(0~14세), 생산연령인구수(15~64세), 고령인구수(65세이상), 세대수",
        "격자코드, 격자중심X, 격자중심Y, 총인구수, 유소년인구수(0~14세), 생산연령인구수(15~64세), 고령인구수(65세이상), 세대수",
    ],
    "population-report": ["행정동, 세대수, 인구_계, 인구_남, 인구_여, 한 달 동안_출생, 한 달 동안_사망, 한 달 동안_전입, 한 달 동안_전출"],
    "present-population": [
        f"기준일ID, 시간대구분, 행정동코드, 총생활인구수, {PRESENT}",
        "STDR_DE_ID, TMZON_PD_SE, ADSTRD_CODE_SE, TOT_LVPOP_CO, MALE_F0T9_LVPOP_CO, MALE_F10T14_LVPOP_CO, FEMALE_F0T9_LVPOP_CO",
    ],
    "river-level": [
        "ymdhm, swl, inf, sfw, ecpc, tototf, tide_level, wl_1018662, fw_1018662, wl_1018680, fw_1018680, wl_1018683, fw_1018683"
    ],
    "rain-gauge": ["관측일시, 우량관측소코드, 우량관측소명, 강우량(mm)", "ymdhm, rfobscd, rfobsnm, rf"],
    "river-gauge": ["관측일시, 수위관측소코드, 수위관측소명, 수위(m), 유량(㎥/s)", "ymdhm, wlobscd, wlobsnm, wl, fw"],
    "traffic-speed": ["생성일시, 구간ID, 속도(km/h), 교통량(대), 소통상태", "creatDt, sectionId, speed, trfvlm, trfcSttus"],
    "parking-availability": [
        "갱신일시, 주차장관리번호, 주차장명, 총주차면수, 현재주차대수, 가용주차면수, 운영상태",
        """updtDt, prkplceNo, prkplceNm, prkcmprtCo, nowPrkCo, avblPrkCo, operSttus, weekdayOperOpenHhmm,
        weekdayOperColseHhmm""",
    ],
    "observation-site": [
        """관측종류, 관측지점코드, 관측지점명, 하천명, 관심수위(m), 주의보수위(m), 경보수위(m), 심각수위(m), 표준링크ID, 도로명, 주차면수,
        위도, 경도, 데이터기준일자""",
    ],
    "election-votes": [
        "ELEC_CD, ELEC_SIDO, ELEC_GU, ELEC_EMD, POPU_ALL, VOTER, C01, C02, C03, C04, VOTE_VAL, VOTE_INVAL, NON_VOTER"
    ],
    "card-sales": ["기준연월, 행정동코드, 행정동명, 업종명, 매출금액, 승인건수, 가맹점수"],
    "card-sales-summary": ["구분_행정동, 구분_업종, 매출액_7월, 매출액_8월, 매출액_9월, 매출액_분기 계, 가맹점수_분기 말"],
    "support-shops": ["연번, 사업명, 상가업소번호, 상호명, 행정동명, 소재지도로명주소, 신청일자, 지급일자, 지원금액(원)"],
    "letters": [
        "번호, 분류, 제목, 내용, 내용번호", "민원번호, 접수일자, 민원제목, 민원내용, 답변내용, 처리부서, 처리상태, 처리일자",
        """접수번호, 접수일시, 접수경로, 민원유형, 민원제목, 민원내용, 민원인번호, 최초배정부서, 처리부서, 처리상태, 처리기한, 답변일시,
        발생지 주소, 위도, 경도, 만족도""",
        "번호, 등록일시, 제목, 내용, 담당부서, 처리상태, 답변일시, 답변내용, 조회수",
    ],
    "letters-monthly": [
        "년월, 국, 부서, 접수_계, 접수_이월, 접수_신규, 처리_계, 처리_답변완료, 처리_이송, 처리_취하, 처리중, 평균처리일수"
    ],
    "press-item": ["기사번호, 보도일자, 언론사, 지면, 기사제목, 기사요약, 논조, 관련동, 관련부서"],
    "traffic-light": [
        """시도명, 시군구명, 도로종류, 도로노선번호, 도로노선명, 도로노선방향, 소재지도로명주소, 소재지지번주소, 위도, 경도, 신호기설치방식,
        도로형태, 주도로여부, 신호등관리번호, 신호등구분, 신호등색종류, 신호등화방식, 신호등화순서, 신호등화시간, 광원종류, 신호제어방식,
        신호시간결정방식, 점멸등운영여부, 점멸등운영시작시각, 점멸등운영종료시각, 보행자작동신호기유무, 잔여시간표시기유무,
        시각장애인용음향신호기유무, 관리기관명, 관리기관전화번호""" + _PROVIDER,
    ],
    "crosswalk": [
        """시도명, 시군구명, 도로명, 소재지도로명주소, 소재지지번주소, 횡단보도관리번호, 횡단보도종류, 자전거횡단도겸용여부, 고원식적용여부, 위도,
        경도, 차로수, 횡단보도폭, 횡단보도연장, 보행자신호등유무, 보행자작동신호기유무, 음향신호기설치여부, 녹색신호시간, 적색신호시간, 교통섬유무,
        보도턱낮춤여부, 점자블록유무, 집중조명시설유무, 관리기관명, 관리기관전화번호""" + _PROVIDER,
    ],
    "speed-camera": [
        """무인교통단속카메라관리번호, 시도명, 시군구명, 도로종류, 도로노선번호, 도로노선명, 도로노선방향, 소재지도로명주소, 소재지지번주소, 위도,
        경도, 설치장소, 단속구분, 제한속도, 단속구간위치구분, 과속단속구간길이, 보호구역구분, 설치연도, 관리기관명,
        관리기관전화번호""" + _PROVIDER,
    ],
    "speed-bump": [
        """개방자치단체코드, 관리번호, 과속방지턱관리번호, 도로명, 시도명, 시군구명, 소재지도로명주소, 소재지지번주소, 설치장소, 과속방지턱재료,
        과속방지턱형태구분, 과속방지턱높이, 과속방지턱폭, 과속방지턱연장, 도로유형구분, 규격여부, WGS84위도, WGS84경도, 보차분리여부, 연속형여부""",
    ],
    "street-tree": [
        """가로수길명, 가로수길시작위도, 가로수길시작경도, 가로수길종료위도, 가로수길종료경도, 가로수종류, 가로수수량, 가로수길길이, 식재연도,
        가로수길소개, 도로명, 도로종류, 도로구간, 관리기관전화번호, 관리기관명""" + _PROVIDER,
    ],
    "ev-charger": [
        """충전소명, 충전소위치상세, 설치시도명, 휴점일, 이용가능시작시각, 이용가능종료시각, 완속충전가능여부, 급속충전가능여부, 급속충전타입구분,
        완속충전기대수, 급속충전기대수, 주차료부과여부, 소재지도로명주소, 소재지지번주소, 관리업체명, 관리업체전화번호, 위도,
        경도""" + _PROVIDER,
    ],
    "hydrant": [
        """시설번호, 시설유형코드, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 상세위치, 안전센터명, 보호틀유무,
        사용가능여부, 설치연도, 배관깊이, 출수압력, 배관지름, 관할기관명, 관할기관전화번호, 데이터기준일자""",
    ],
    "traffic-sign": [
        """시도명, 시군구명, 도로종류, 도로노선번호, 도로노선명, 도로노선방향, 도로형태, 차로수, 도로폭, 소재지도로명주소, 소재지지번주소, 위도, 경도,
        안전표지구분, 안전표지종별일련번호, 주행제한속도, 안전표지설명, 지주형식, 제2외국어표기여부, 설치일자, 관리기관명,
        관리기관전화번호""" + _PROVIDER,
    ],
}  # fmt: skip

# tables that share addresses, telephones, dates and codes with the standards, and follow none of them
STRANGERS: dict[str, str] = {
    "addresses and telephones": "연번, 기관명, 소재지도로명주소, 소재지지번주소, 전화번호, 위도, 경도, 데이터기준일자, 제공기관코드, 제공기관명",
    "tourist sites": """관광지명, 관광지구분, 소재지도로명주소, 소재지지번주소, 위도, 경도, 면적, 공공편익시설정보, 숙박시설정보, 수용인원수,
        주차가능수, 관광지소개, 관리기관전화번호, 관리기관명, 데이터기준일자""",
    "children's centres": "연번, 시도, 시군구, 시설명, 입소정원(명), 시설 소재지, 비고",
    "Busan's cameras without cameras": "연번, 참고지도, 위도, 경도, 관리번호, 수량, 구_군, 행정(읍_면_동), 도로명_주소, 설치장소명, 구(지번)주소",
    "Seoul's parks": """공원번호, 공원명, 공원개요, 면적, 개원일, 주요시설, 주요식물, 안내도, 오시는길, 이용시참고사항, 이미지, 지역, 공원주소,
        관리부서, 전화번호, X좌표(GRS80TM), Y좌표(GRS80TM), X좌표(WGS84), Y좌표(WGS84), 바로가기""",
    "bus shelters": "연번, 관리기관, 관리부서, 정류소명, 위치, 설치년도, 규격(m), 부대시설, x좌표, y좌표",
    "schools": "SC_NO, SCHUL_NM, ADRES, TELNO, OLD_ZIP, TM_X, TM_Y",
    "codes by hand": "시군구_코드, 시군구_코드_명, 행정동_코드, 행정동_코드_명",
    "a grid": "gid, 행정동코드, 시군구명, 행정동, 학교명, 학교개수, 초등학생_인구, 30대_인구, 전체_인구, 경도, 위도",
    "places of anything": "fid, uri, name, geometry",
    "news": "index, title",
    "a budget": "회계연도, 부서명, 정책사업, 단위사업, 세부사업, 예산액(천원), 전년도예산액, 증감",
    "sensors": "id, stn_id, datetime, value, lat, long",
}  # fmt: skip


def labels_of(text: str) -> list[str]:
    return [header.strip() for header in text.replace("\n", " ").split(",")]
