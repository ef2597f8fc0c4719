/** The only file that imports ECharts. It is loaded when the first chart is drawn. */
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, AxisPointerComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from 'echarts/components'
import { init, use as install } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

install([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, TitleComponent, AriaComponent, AxisPointerComponent, SVGRenderer])

export { init }
