add_fuzz(shell_words SOURCE ${CMAKE_SOURCE_DIR}/fuzz/shell_words.cc ROOMS posture)
