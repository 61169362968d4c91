add_fuzz(http_challenge SOURCE ${CMAKE_SOURCE_DIR}/fuzz/http_challenge.cc ROOMS net)
