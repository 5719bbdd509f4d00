/** Tests about the repository itself. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.checks {
    requires static transitive org.jspecify;
}
