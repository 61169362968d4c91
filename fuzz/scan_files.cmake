add_fuzz(scan_files SOURCE ${CMAKE_SOURCE_DIR}/fuzz/scan_files.cc ROOMS scan decide)
