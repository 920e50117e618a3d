import ClusterModel
import Testing

@testable import Commands

/// The bill as rows: mandatory columns are there, and the rows come to the bill.
@Suite struct CostExportTests {
    private var context: ListContext { Shell().context }

    @Test func focusHasItsMandatoryColumnsAndComesToTheBill() throws {
        let context = context
        let export = CostExport(context.state, now: context.now)
        let lines = export.focus().split(separator: "\n")
        let columns = lines[0].split(separator: ",").map(String.init)
        let mandatory = [
            "BilledCost", "EffectiveCost", "ContractedCost", "ListCost", "BillingAccountId", "BillingAccountName",
            "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd",
            "ChargeCategory", "ChargeClass", "ChargeDescription", "InvoiceIssuerName", "ProviderName", "PublisherName",
            "ServiceCategory", "ServiceName", "PricingQuantity", "PricingUnit",
        ]
        #expect(mandatory.allSatisfy { columns.contains($0) })
        #expect(lines.count > 2)
        let sum = export.charges.reduce(Int64(0)) { $0 + $1.cost }
        #expect(sum == context.state.pools.reduce(Int64(0)) { $0 + $1.meter.total(at: context.now).micros })
    }

    @Test func cellsAreQuotedWhereTheyMustBe() {
        #expect(CostExport.cell("a,b") == "\"a,b\"" && CostExport.cell("say \"x\"") == "\"say \"\"x\"\"\"")
        #expect(CostExport.cell("plain") == "plain" && CostExport.hours(5_400_000) == "1.5")
        #expect(CostExport.time(Instant(microseconds: 1_750_000_000_999_999)) == "2025-06-15T15:06:40Z")
    }

    @Test(arguments: ["focus", "csv", "json"]) func everyFormIsPrinted(_ format: String) {
        let result = Shell().run(["cost", "export", "--format", format])
        #expect(result.code == 0 && result.out.count > 200, "\(result)")
    }
}
