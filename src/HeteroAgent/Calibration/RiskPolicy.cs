namespace HeteroAgent;

/// <summary>Escalates what is less likely to be correct than a calibrated threshold asks for, and what the calibration knows nothing about.</summary>
internal sealed class RiskPolicy(RiskCalibration calibration, RiskThreshold threshold) : EscalationPolicy
{
    public override ValueTask<EscalationDecision> EvaluateAsync(EscalationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context.Response is null ? EscalationDecision.Keep : Decide(context));
    }

    private EscalationDecision Decide(EscalationContext context)
    {
        string? model = context.Response!.ModelId;
        if (calibration.ModelId is { } calibrated && calibrated != model)
        {
            return EscalationDecision.Because("calibration_mismatch", $"calibrated for the model '{calibrated}', answered by '{model ?? "unknown"}'");
        }

        IReadOnlyDictionary<string, double> signals = CallSignals.Read(context);
        if (calibration.Model.FindMissing(signals) is { } missing)
        {
            return EscalationDecision.Because("signal_missing", $"every calibrating call carried '{missing}', this one does not");
        }

        double probability = calibration.Model.Predict(signals);
        return probability >= threshold.Value
            ? EscalationDecision.Keep
            : EscalationDecision.Because("risk_above", FormattableString.Invariant($"P(correct) {probability:0.####} < {threshold.Value:0.####} for a risk of at most {threshold.Alpha:0.####}"));
    }
}
