/** What JUnit calls: gives tests their clusters and clients, and tells what happened when one fails. */
package dev.fairlead.junit.extension;
