add_fuzz(docker_archive SOURCE ${CMAKE_SOURCE_DIR}/fuzz/docker_archive.cc ROOMS oci)
