// Which release of Cohort this is: package.json's version, as a test holds.

export const VERSION = '0.1.0'
