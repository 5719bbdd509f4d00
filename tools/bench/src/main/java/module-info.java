/** Benchmarks with committed results. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.bench {
    requires static transitive org.jspecify;
    requires dev.fairlead.cli;
    requires dev.fairlead.dataplane;
}
