add_fuzz(rpm_log SOURCE ${CMAKE_SOURCE_DIR}/fuzz/rpm_log.cc ROOMS catalog)
