"""A claim keeps the release it was created under: its schemas, its process version, its rows (T8, T21, T24)."""

RTA_FORMS = {"R3": "r3-adult-driver.xml", "R5": "r5-adult-driver.xml", "R6": "r6-adult-driver.xml", "R7": "adult-driver.xml"}
RTA_CORRECTED = {
    "R3": "r3-adult-driver-to-another-compensator.xml",
    "R5": "r5-adult-driver-to-another-compensator.xml",
    "R6": "r6-adult-driver-to-another-compensator.xml",
    "R7": "adult-driver-to-another-compensator.xml",
}
ELPL_FORMS = {"R3": "r3-el-adult.xml", "R5": "r3-el-adult.xml", "R6": "el-adult.xml"}
RTA_VERSIONS = {"R3": (3, 3), "R5": (5, 0), "R6": (6, 0)}
