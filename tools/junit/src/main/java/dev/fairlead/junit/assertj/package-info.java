/** Assertions for those who use AssertJ. Start reading at {@link dev.fairlead.junit.assertj.FairleadAssertions}. */
package dev.fairlead.junit.assertj;
