add_cases(purl SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/cases/purl.cc ROOMS model sbom
          LIBS bulkhead_sample_report)
