add_fuzz(judgement SOURCE ${CMAKE_SOURCE_DIR}/fuzz/judgement.cc ROOMS decide)
