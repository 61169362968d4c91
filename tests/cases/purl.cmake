add_cases(purl SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/cases/purl.cc ROOMS model sbom report
          LIBS bulkhead_sample_report)
