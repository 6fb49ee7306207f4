"""Each form of a report: page, paper, JUnit, Allure results."""
