add_cases(parsers SOURCE ${CMAKE_SOURCE_DIR}/tests/cases/parsers.cc ROOMS catalog archive model base)
